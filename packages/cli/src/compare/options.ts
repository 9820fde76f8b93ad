import { CompareSettings } from '@lrfind/core/study';
import Type, { type Static, type TObject } from 'typebox';
import { DataOptions, OptimizerParameters, OutputOptions, TrainingOptions } from '../find/options.js';
import { MetricOptions, ValidationTable } from '../train/options.js';

const closed = { additionalProperties: false } as const;
const { batchSize: oneBatchSize, ...settings } = CompareSettings.properties;
const { loss, backend } = TrainingOptions.properties;

/** Which models and which tables. */
export const CompareFiles = Type.Object(
  {
    model: Type.Array(Type.String(), {
      placeholder: 'paths',
      default: [],
      description: 'TensorFlow.js layers models (model.json), with or without weights; at least one',
    }),
    ...DataOptions.properties,
    validation: ValidationTable,
  },
  closed,
);

/** What is compared: every combination of model, optimizer, batch size and learning rate is a run. */
export const RunOptions = Type.Object(
  {
    lr: Type.Array(Type.String(), {
      placeholder: 'rates',
      default: [],
      description:
        'learning rates, separated by commas; "find" is the one that a sweep finds, for each optimizer its own (default: find, where there is no schedule either)',
    }),
    schedule: Type.Array(Type.String(), {
      placeholder: 'texts',
      default: [],
      description:
        'schedules of steps, each in quotation marks: "cosine(0.01, steps=1000)"; lrfind schedule --help lists the kinds',
    }),
    optimizer: Type.Array(Type.String(), {
      placeholder: 'names',
      default: [],
      description: "optimizers, separated by commas (default: the compiled model's, else adam)",
    }),
    batchSize: Type.Array(Type.String(), {
      placeholder: 'numbers',
      default: [],
      description: `rows in a batch, separated by commas (default: ${(oneBatchSize as { default?: number }).default})`,
    }),
  },
  closed,
);

/** How long and how often. */
export const CompareLength = Type.Object(settings, closed);

/** What is trained with which arithmetic, and where. */
export const CompareArithmetic = Type.Object({ loss, backend, ...MetricOptions.properties }, closed);

/** How a comparison that was cut off goes on. */
export const JournalOptions = Type.Object(
  {
    journal: Type.Optional(
      Type.String({
        placeholder: 'path',
        description:
          'file in which every training is noted as it ends, until all are done (default: the first of --out with .journal behind it, else lrfind-compare.journal)',
      }),
    ),
    resume: Type.Boolean({
      default: false,
      description: 'go on with the journal of a comparison that was cut off; give the same options',
    }),
  },
  closed,
);

/** Where the outcome goes. */
export const CompareOutput = Type.Object(
  {
    ...OutputOptions.properties,
    quiet: Type.Boolean({ default: false, description: 'only the name of the best run on stdout' }),
  },
  closed,
);

/** All flags of `lrfind compare`, by heading of the help. */
export const compareFlags: readonly [heading: string, schema: TObject][] = [
  ['Models and data:', CompareFiles],
  ['Runs (every combination is one):', RunOptions],
  ['Length:', CompareLength],
  ['Arithmetic:', CompareArithmetic],
  ['Optimizer (for those that have the parameter):', OptimizerParameters],
  ['Journal:', JournalOptions],
  ['Output:', CompareOutput],
];

/** What the help says after the flags. */
export const compareHelp = `
Examples:
  $ lrfind compare --model model.json --data data.csv --lr 0.1,0.01,0.001,0.0001 --out comparison.png
  $ lrfind compare --model model.json --data data.csv --lr find --schedule "cosine(0.01, steps=2000)" "one-cycle(0.02, steps=2000)" --steps 2000
  $ lrfind compare --model model.json --data data.csv --optimizer adam,rmsprop,adagrad --lr 0.001
  $ lrfind compare --model small.json large.json --data data.csv --lr find --halving --out comparison.json
  $ lrfind compare --model model.json --data data.csv --lr 0.1,0.01,0.001 --seeds 5 --resume`;

/** Options of where the outcome goes, filled in. */
export type CompareOutput = Static<typeof CompareOutput>;
/** What is compared, filled in. */
export type RunOptions = Static<typeof RunOptions>;
