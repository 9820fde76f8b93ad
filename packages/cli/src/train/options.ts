import { callbackKinds, metricKinds } from '@lrfind/finder';
import { TrainSettings } from '@lrfind/core/study';
import Type, { type Static, type TObject } from 'typebox';
import { FileOptions, OptimizerParameters, OutputOptions, TrainingOptions } from '../find/options.js';

const closed = { additionalProperties: false } as const;

/** Further tables. */
export const ValidationTable = Type.Optional(
  Type.String({
    placeholder: 'path',
    description: 'table of rows to validate on, in the place of a part of the training rows; columns go by their names',
  }),
);

/** What is measured besides the loss. */
export const MetricOptions = Type.Object(
  {
    metrics: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'names',
        description: `what is measured besides the loss (default: accuracy of classes, else meanAbsoluteError): ${metricKinds.map(({ name }) => name).join(', ')}`,
      }),
    ),
  },
  closed,
);

/** Which model and which tables. */
export const TrainFiles = Type.Object(
  {
    ...FileOptions.properties,
    validation: ValidationTable,
    test: Type.Optional(
      Type.String({ placeholder: 'path', description: 'table of rows to test the trained model on, once, at the end' }),
    ),
  },
  closed,
);

/** How the learning rate goes. */
export const RateOptions = Type.Object(
  {
    lr: Type.Optional(
      Type.String({
        placeholder: 'rate',
        description:
          'learning rate of all steps, or "find": the one that a sweep over the training rows finds first (default: find)',
      }),
    ),
    schedule: Type.Optional(
      Type.String({
        placeholder: 'text',
        description:
          'learning rate of each step, in quotation marks: "cosine(0.01, steps=1000)"; lrfind schedule --help lists the kinds',
      }),
    ),
    callback: Type.Array(Type.String(), {
      placeholder: 'texts',
      default: [],
      description: `what listens and acts, such as "reduce-lr-on-plateau(patience=3)" or "early-stopping(patience=5, restoreBestWeights=true)": ${callbackKinds.flatMap(({ text }) => (text ? [text.name] : [])).join(', ')}`,
    }),
  },
  closed,
);

/** Where the outcome goes. */
export const TrainOutput = Type.Object(
  {
    ...OutputOptions.properties,
    json: Type.Boolean({
      default: false,
      description: 'the whole result on stdout as JSON; the epochs then go to stderr',
    }),
    quiet: Type.Boolean({
      default: false,
      description: 'only the last line on stdout: loss and metrics of test or held-out rows',
    }),
    progress: Type.Boolean({ default: true, description: 'no line for each epoch' }),
    save: Type.Optional(
      Type.String({
        placeholder: 'folder',
        description: 'folder for the trained model (model.json and weights.bin), written whole or not at all',
      }),
    ),
  },
  closed,
);

/** All flags of `lrfind train`, by heading of the help. */
export const trainFlags: readonly [heading: string, schema: TObject][] = [
  ['Model and data:', TrainFiles],
  ['Learning rate:', RateOptions],
  ['Training:', TrainSettings],
  ['Arithmetic:', Type.Object({ ...TrainingOptions.properties, ...MetricOptions.properties }, closed)],
  ['Optimizer:', OptimizerParameters],
  ['Output:', TrainOutput],
];

/** What the help says after the flags. */
export const trainHelp = `
Examples:
  $ lrfind train --model model.json --data data.csv
  $ lrfind train --model model.json --data train.csv --test test.csv --lr 0.003 --epochs 20 --out history.png
  $ lrfind train --model model.json --data data.csv --schedule "one-cycle(0.02, steps=2000)" --optimizer adam --save trained
  $ lrfind train --model model.json --data data.csv --lr 0.01 --callback "reduce-lr-on-plateau(factor=0.2, patience=3)"`;

/** Options of where the outcome goes, filled in. */
export type TrainOutput = Static<typeof TrainOutput>;
