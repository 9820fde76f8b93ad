import { registeredBackends } from '@lrfind/backends';
import { choice, closed } from '@lrfind/core/options';
import { databaseNames, TextTableOptions, tableFormats } from '@lrfind/data';
import { lossNames, metricKinds, optimizers } from '@lrfind/finder';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { flagName } from './flags.js';

/** Windows over rows that are in the order of time. */
const SeriesFlags = {
  window: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'rows in a window, for rows in the order of time: the model gets [window, features], and the last rows are held out (default: each row stands for itself)',
    }),
  ),
  horizon: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'how many rows after the last one of its window a target is (default: 1); needs --window',
    }),
  ),
  series: Type.Optional(
    Type.String({
      placeholder: 'column',
      description: 'column that tells several series apart, so that no window has rows of two; needs --window',
    }),
  ),
  excludeTarget: Type.Optional(
    Type.Boolean({ description: 'leave the past of the target out of the windows; needs --window' }),
  ),
};

/** The table, and how it becomes inputs and targets. */
export const DataOptions = Type.Object(
  {
    data: Type.String({
      short: 'd',
      placeholder: 'path',
      description: `table: ${[...tableFormats.map(({ name }) => name), ...Object.values(databaseNames)].join(', ')}; packed or not; also a folder of them, or of images in a folder for each class, a pattern, or - for standard input`,
    }),
    query: Type.Optional(
      Type.String({
        placeholder: 'sql',
        description:
          'SELECT whose answer is the table: of an SQLite or DuckDB database, or of files, which it calls data and DuckDB reads',
      }),
    ),
    sheet: Type.Optional(
      Type.String({ placeholder: 'name', description: 'sheet of a workbook of Excel (default: the first)' }),
    ),
    target: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'columns',
        description:
          'target column or columns, or an array of a file that holds several (default: the last; of arrays that called y or labels)',
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
      description: 'columns of numbers that are categories, and of text that are, however many they have',
    }),
    oneHotLimit: Type.Optional(
      Type.Integer({
        minimum: 2,
        placeholder: 'categories',
        description:
          'most categories with which a text column is one-hot encoded (default: 100, and at most a fifth of the rows)',
      }),
    ),
    sampleWeight: Type.Optional(
      Type.String({
        placeholder: 'column',
        description: 'column that says what each row weighs in the loss (default: every row weighs 1)',
      }),
    ),
    missing: Type.String({
      placeholder: 'mean|drop|markers',
      default: 'mean',
      description:
        'what to do with missing values: mean fills in the column mean, drop drops the row; and what else is missing, such as "-999,?" or "drop,-999"',
    }),
    scale: Type.Optional(
      Type.String({
        placeholder: 'standard|minmax|none|divisor',
        pattern: '^(standard|minmax|none|[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?)$',
        allowed: 'standard, minmax, none or a number above 0 to divide by',
        description:
          'how to scale numeric features (default: standard; none for a model that has weights or scales its input)',
      }),
    ),
    scaleTarget: Type.Boolean({
      default: false,
      description:
        'train on a regression target scaled to mean 0 and standard deviation 1; losses, metrics and the saved model stay in its own units',
    }),
    ...TextTableOptions.properties,
    ...SeriesFlags,
  },
  closed,
);

/** How much of a table is in memory. */
export const SampleOptions = Type.Object(
  {
    memory: Type.Optional(
      Type.String({
        placeholder: 'size',
        pattern: '^([0-9]+[.]?[0-9]*|[.][0-9]+)(kB|MB|GB|TB)$',
        allowed: 'a size such as 500MB or 2GB',
        description:
          "what the rows may take in memory, such as 500MB; a larger table is sampled for sweeps and trained on in blocks (default: 600 MB, or a quarter of the machine's memory where that is less)",
      }),
    ),
    sampleRows: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'rows to sample from a table that is larger, at most (default: 500000, in half of the memory)',
      }),
    ),
  },
  closed,
);

/** Where the weights of a model are. */
export const weights = Type.Optional(
  Type.String({
    placeholder: 'none|path',
    description:
      'file with the weights of the model (.h5 or .weights.h5 of Keras, .safetensors), or none for new ones (default: those that the model names, if any)',
  }),
);
/** What to do without a model, for the message about one that is missing. */
export const withoutModel = 'lrfind data --data data.csv --init-model model.json writes a plain one for a table';

/** The model and the table. */
export const ModelDataOptions = Type.Object(
  {
    model: Type.String({
      short: 'm',
      placeholder: 'path',
      description:
        'model of Keras (.keras, .h5, JSON of to_json()) or TensorFlow.js (model.json), or code that exports one (build.js, build.ts)',
      without: withoutModel,
    }),
    weights,
    ...DataOptions.properties,
    ...SampleOptions.properties,
  },
  closed,
);

/** A table of rows to validate on. */
export const validation = Type.Optional(
  Type.String({
    placeholder: 'path',
    description: 'table of rows to validate on, in place of a share of the training rows; columns are matched by name',
  }),
);

/** A table of rows to test on. */
export const test = Type.Optional(
  Type.String({
    placeholder: 'path',
    description: 'table of rows to test each trained model on, once, at the end; columns are matched by name',
  }),
);

/** A number, or an output with one. */
const lossWeight = '^([^=]+=)?[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?$';

/** `balanced`, or the number of a class with a number. */
const classWeight = '^(balanced|[0-9]+=[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?)$';

/** The loss and the backend. */
export const TrainingOptions = Type.Object(
  {
    loss: Type.Optional(
      Type.String({
        examples: [...lossNames],
        description: `loss (default: the compiled model's, else inferred from model and target): ${lossNames.join(', ')}`,
      }),
    ),
    lossWeights: Type.Optional(
      Type.Array(Type.String({ pattern: lossWeight, allowed: 'a number, or an output=number' }), {
        placeholder: 'weights',
        description:
          "what the loss of each output counts: numbers, or output=number (default: the compiled model's, else 1)",
      }),
    ),
    classWeight: Type.Optional(
      Type.Array(Type.String({ pattern: classWeight, allowed: 'balanced, or class=number' }), {
        placeholder: 'weights',
        description:
          'what rows of each class weigh in training: class=number by the number of the class, such as 0=1,1=5, or balanced (default: 1)',
      }),
    ),
    backend: choice(['auto', ...registeredBackends().map(({ name }) => name)], {
      default: 'auto',
      description: 'where to compute',
    }),
  },
  closed,
);

/** What is measured besides the loss. */
export const MetricOptions = Type.Object(
  {
    metrics: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'names',
        examples: metricKinds.map(({ name }) => name),
        description: `metrics (default: accuracy for classes, else meanAbsoluteError): ${metricKinds.map(({ name }) => name).join(', ')}`,
      }),
    ),
  },
  closed,
);

/** The optimizer. */
export const OptimizerOptions = Type.Object(
  {
    optimizer: Type.Optional(
      Type.String({
        examples: optimizers.map(({ name }) => name),
        description: `optimizer (default: the compiled model's, else adam): ${optimizers.map(({ name }) => name).join(', ')}; ${optimizers
          .filter(({ rateFree }) => rateFree)
          .map(({ name }) => name)
          .join(' and ')} find their own rates, of which the learning rate is a multiplier`,
      }),
    ),
  },
  closed,
);

/** Every parameter of every optimizer. Which optimizer has which is checked when its name is known. */
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
  const having = optimizers
    .filter(({ parameters }) => name in parameters.properties)
    .map((kind) => ({ kind: kind.name, ...(kind.parameters.properties[name] as ParameterSchema) }));
  const { kind: _, default: __, description, ...declared } = having[0] as ParameterSchema & { kind: string };
  const names = having.map(({ kind }) => kind).join(', ');
  const owners = having.length === optimizers.length ? '' : `; for ${names}`;
  const defaults = [...new Set(having.map((each) => String(each.default ?? 'off') || 'none'))].join(' or ');
  const on = having.filter(({ default: value }) => value === true).map(({ kind }) => kind);
  const negation = on.length > 0 && { negation: `turn ${flagName(name)} off; for ${on.join(', ')}` };
  return Type.Optional(
    Type.Unsafe<unknown>({ ...declared, ...negation, description: `${description}${owners} (default: ${defaults})` }),
  );
}

interface ParameterSchema {
  default?: unknown;
  description?: string;
}

/** Options of the table, filled in. */
export type DataOptions = Static<typeof DataOptions>;
/** How much of a table is in memory. */
export type SampleOptions = Static<typeof SampleOptions>;
