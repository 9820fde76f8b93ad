import type { Static } from 'typebox';
import * as Type from 'typebox';
import { choice, closed, record } from '../options.js';
import { nullable } from './parts.js';

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** Any finite number of a table, which has no bounds but those of float64. */
const cell = (description: string) => Type.Number({ description });

/** A value and the rows that have it. */
const CountedValue = Type.Object({ value: Type.String(), rows: count('rows that have it') }, closed);

/** A column of a table, as it was understood. */
export const ColumnDescription = Type.Object(
  {
    name: Type.String(),
    kind: choice(['number', 'category', 'boolean', 'date', 'text', 'constant'], {
      description:
        'number; category: words that repeat; boolean: 0 and 1, or two words such as yes and no; date: words that are dates; text: words that hardly repeat; constant: at most one value',
    }),
    role: choice(['feature', 'target', 'weight', 'ignored'], {
      description: 'what it is used for; weight: what its rows weigh in the loss',
    }),
    missing: count('rows without a value'),
    distinct: nullable(count('different values; null for more than 50 different numbers')),
    numbers: nullable(
      Type.Object(
        {
          low: cell('least value'),
          high: cell('greatest value'),
          mean: cell('mean'),
          deviation: cell('population standard deviation (squares divided by n), by which `standard` scales'),
          whole: Type.Boolean({ description: 'whether all are whole numbers' }),
        },
        { ...closed, description: 'of its values; null for words, and where there are none' },
      ),
    ),
    categories: nullable(
      Type.Array(CountedValue, {
        description: 'the 20 most frequent words, the most frequent first; null for numbers',
      }),
    ),
    features: count('numbers that a model gets of it: one, or one for each category; 0 for what is no feature'),
  },
  closed,
);

/** What an output of a model is trained for, or would be. */
export const TargetDescription = Type.Object(
  {
    columns: Type.Array(Type.String()),
    loss: Type.String({ description: 'name of the loss' }),
    why: nullable(Type.String({ description: 'why this loss; null where it was given' })),
    units: Type.Integer({ minimum: 1, description: 'numbers that the output has in a row' }),
    activation: nullable(Type.String({ description: 'of the output; null for none' })),
    classes: nullable(
      Type.Array(CountedValue, { description: 'the labels in the order of the classes; null for numbers' }),
    ),
  },
  closed,
);

/** What does not fit, and what to do. */
export const Misfit = Type.Object(
  {
    problem: Type.String({ description: 'what does not fit, in a sentence' }),
    answer: Type.String({ description: 'the option that answers it, such as `--ignore id`' }),
  },
  closed,
);

const Shape = Type.Array(Type.Integer({ minimum: 0 }), { description: 'of one row, without the batch' });

/** The JSON document of a table as it was understood, before anything is trained. */
export const TableDescription = Type.Object(
  {
    format: Type.Literal('lrfind-table'),
    version: Type.Literal(1),
    source: Type.String({ description: 'the file' }),
    rows: count('rows of the table'),
    usable: count('rows that are left: with a target and, with `missing: drop`, with every feature'),
    columns: Type.Array(ColumnDescription),
    targets: Type.Array(TargetDescription, {
      description: 'one for each output of the model, or of a plain model for this table',
    }),
    inputs: Type.Array(Shape, {
      description: 'the shape that each input of the model gets; without a model the one of a plain model',
    }),
    model: nullable(
      Type.Object(
        {
          name: Type.String(),
          inputs: Type.Array(Type.Object({ name: Type.String(), shape: Shape }, closed)),
          outputs: Type.Array(Type.Object({ name: Type.String(), shape: Shape }, closed)),
        },
        { ...closed, description: 'the model that was given; null without one' },
      ),
    ),
    misfits: Type.Array(Misfit, {
      description: 'what must change before anything can be trained; empty where the table fits the model',
    }),
    examples: Type.Array(
      Type.Object(
        {
          row: Type.Integer({ minimum: 1, description: 'number of the row, from 1' }),
          values: Type.Array(nullable(Type.Union([Type.Number(), Type.String()])), {
            description: 'in the order of the columns; null where one is missing',
          }),
        },
        closed,
      ),
      { description: 'the first rows, then some that the seed drew, in their order' },
    ),
    notes: Type.Array(Type.String(), { description: 'every assumption, and what deserves a look' }),
    options: record(Type.Unknown(), { description: 'every option that was given' }),
  },
  { ...closed, $id: 'lrfind-table-1', title: 'lrfind table' },
);

/** A column of a table, as it was understood. */
export interface ColumnDescription extends Static<typeof ColumnDescription> {}
/** What an output of a model is trained for, or would be. */
export interface TargetDescription extends Static<typeof TargetDescription> {}
/** What does not fit, and the option that answers it. */
export interface Misfit extends Static<typeof Misfit> {}
/** A table as it was understood, before anything is trained. The schema of the same name describes each field. */
export interface TableDescription extends Static<typeof TableDescription> {}
