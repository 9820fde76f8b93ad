import { registeredBackends } from '@lrfind/backends';
import { choice, closed } from '@lrfind/core/options';
import { lossNames, metricKinds, optimizers } from '@lrfind/finder';
import Type, { type Static } from 'typebox';
import { flagName } from './flags.js';

/** The table, and how it becomes inputs and targets. */
export const DataOptions = Type.Object(
  {
    data: Type.String({
      short: 'd',
      placeholder: 'path',
      description: 'table with a header: .csv or .tsv, also .gz',
    }),
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
    sampleWeight: Type.Optional(
      Type.String({
        placeholder: 'column',
        description: 'column that says what each row weighs in the loss (default: every row weighs 1)',
      }),
    ),
    missing: choice(['mean', 'drop'], {
      default: 'mean',
      description: 'what to do with missing values: fill in the column mean, or drop the row',
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
    memory: Type.Optional(
      Type.String({
        placeholder: 'size',
        pattern: '^([0-9]+[.]?[0-9]*|[.][0-9]+)(kB|MB|GB|TB)$',
        allowed: 'a size such as 500MB or 2GB',
        description:
          "what the rows may take in memory, such as 500MB; a larger table is sampled for sweeps and trained on in blocks (default: 1 GB, or a quarter of the machine's memory where that is less)",
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

/** The model and the table. */
export const ModelDataOptions = Type.Object(
  {
    model: Type.String({
      short: 'm',
      placeholder: 'path',
      description: 'TensorFlow.js layers model (model.json), with or without weights',
    }),
    ...DataOptions.properties,
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

/** A number, or an output with one. */
const lossWeight = '^([^=]+=)?[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?$';

/** `balanced`, or the number of a class with a number. */
const classWeight = '^(balanced|[0-9]+=[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?)$';

/** The loss and the backend. */
export const TrainingOptions = Type.Object(
  {
    loss: Type.Optional(
      Type.String({
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
