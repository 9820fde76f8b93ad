import { backendChoices } from '@lrfind/backends';
import { choice } from '@lrfind/core';
import { SweepOptions } from '@lrfind/core/sweep';
import { lossNames, optimizers } from '@lrfind/finder';
import { suggestionMethods } from '@lrfind/core/sweep';
import Type, { type Static, type TObject } from 'typebox';
import { PlotOptions } from '../shared/picture-options.js';

const closed = { additionalProperties: false } as const;

/** Which table, and how it is fitted to a model. */
export const DataOptions = Type.Object(
  {
    data: Type.Optional(
      Type.String({ placeholder: 'path', description: 'table with a header: .csv or .tsv, also .gz; required' }),
    ),
    target: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'columns',
        description: 'target column or columns (default: the last)',
      }),
    ),
    ignore: Type.Array(Type.String(), {
      placeholder: 'columns',
      default: [],
      description: 'columns to leave out, such as an identifier',
    }),
    categorical: Type.Array(Type.String(), {
      placeholder: 'columns',
      default: [],
      description: 'columns of numbers that are categories',
    }),
    missing: choice(['mean', 'drop'], {
      default: 'mean',
      description: 'missing values: filled with the column mean, or the row dropped',
    }),
    scale: Type.Optional(
      Type.String({
        placeholder: 'standard|minmax|none|divisor',
        pattern: '^(standard|minmax|none|[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?)$',
        allowed: 'standard, minmax, none or a number above 0 to divide by',
        description: 'how numeric features are scaled (default: standard; none for a model with weights)',
      }),
    ),
  },
  closed,
);

/** Which model, which table, and how the one is fitted to the other. */
export const FileOptions = Type.Object(
  {
    model: Type.Optional(
      Type.String({
        placeholder: 'path',
        description: 'TensorFlow.js layers model (model.json), with or without weights; required',
      }),
    ),
    ...DataOptions.properties,
  },
  closed,
);

/** What is trained with which arithmetic, and where. */
export const TrainingOptions = Type.Object(
  {
    loss: Type.Optional(
      Type.String({
        description: `loss (default: the compiled model's, else inferred from head and target): ${lossNames.join(', ')}`,
      }),
    ),
    optimizer: Type.Optional(
      Type.String({
        description: `optimizer (default: the compiled model's, else adam): ${optimizers.map(({ name }) => name).join(', ')}`,
      }),
    ),
    backend: choice(
      backendChoices.map(({ name }) => name),
      { default: 'auto', description: 'where tensors are computed' },
    ),
  },
  closed,
);

/** What is concluded. */
export const SuggestOptions = Type.Object(
  {
    suggest: Type.Optional(
      Type.String({
        placeholder: 'methods',
        description: `methods, separated by commas; the first gives the answer (default: all): ${suggestionMethods.map(({ name }) => name).join(', ')}`,
      }),
    ),
  },
  closed,
);

/** Where the answer goes. */
export const OutputOptions = Type.Object(
  {
    ...PlotOptions.properties,
    json: Type.Boolean({ default: false, description: 'the whole result on stdout as JSON, in place of the summary' }),
    quiet: Type.Boolean({ default: false, description: 'only the learning rate on stdout' }),
    progress: Type.Boolean({ default: true, description: 'no progress bar' }),
  },
  closed,
);

/** Every parameter that any optimizer takes, as optional flags; which optimizer takes which is checked with its name. */
export const OptimizerParameters = Type.Object(
  Object.fromEntries(
    [...new Set(optimizers.flatMap(({ parameters }) => Object.keys(parameters.properties)))].map((name) => [
      name,
      parameterFlag(name),
    ]),
  ),
  closed,
);

function parameterFlag(name: string) {
  const takers = optimizers
    .filter(({ parameters }) => name in parameters.properties)
    .map((taker) => ({ taker: taker.name, ...(taker.parameters.properties[name] as ParameterSchema) }));
  const { taker: _, default: __, description, ...declared } = takers[0] as ParameterSchema & { taker: string };
  const names = takers.map(({ taker }) => taker).join(', ');
  const defaults = [...new Set(takers.map((each) => String(each.default)))].join(' or ');
  return Type.Optional(
    Type.Unsafe<unknown>({ ...declared, description: `${description}; for ${names} (default: ${defaults})` }),
  );
}

interface ParameterSchema {
  default?: unknown;
  description?: string;
}

/** All flags of `lrfind find`, by heading of the help. */
export const findFlags: readonly [heading: string, schema: TObject][] = [
  ['Model and data:', FileOptions],
  ['Training:', TrainingOptions],
  ['Optimizer:', OptimizerParameters],
  ['Sweep:', SweepOptions],
  ['Answer:', SuggestOptions],
  ['Output:', OutputOptions],
];

/** Options of the table, filled in. */
export type DataOptions = Static<typeof DataOptions>;
/** Options of the training, filled in. */
export type TrainingOptions = Static<typeof TrainingOptions>;
/** Options of where the answer goes, filled in. */
export type OutputOptions = Static<typeof OutputOptions>;
