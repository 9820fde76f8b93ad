import { closed } from '@lrfind/core/options';
import { CompareSettings } from '@lrfind/core/study';
import { callbackKinds } from '@lrfind/finder';
import Type, { type Static } from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import {
  DataOptions,
  MetricOptions,
  OptimizerParameters,
  SampleOptions,
  TrainingOptions,
  test,
  validation,
  weights,
  withoutModel,
} from '../shared/options.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';

const comparedNames = callbackKinds
  .flatMap(({ text, compared }) => (text && typeof compared !== 'string' ? [text.name] : []))
  .join(', ');
const { batchSize, groups, ...settings } = CompareSettings.properties;

/** The models and the tables. */
export const CompareFiles = Type.Object(
  {
    model: Type.Array(Type.String(), {
      short: 'm',
      placeholder: 'paths',
      description:
        'models of Keras (.keras, .h5) or TensorFlow.js (model.json) or code that exports one (build.js), all with weights or all without',
      without: withoutModel,
    }),
    weights,
    ...DataOptions.properties,
    ...SampleOptions.properties,
    validation,
    test,
  },
  closed,
);

/**
 * What is compared: every combination of model, optimizer, batch size and recipe is a trial. A recipe is a rate, a schedule, or a
 * rate with a callback.
 */
export const TrialOptions = Type.Object(
  {
    lr: Type.Array(Type.String(), {
      placeholder: 'rates',
      default: [],
      description:
        'learning rates; "find" searches for one, for each model, optimizer and batch size (default: find, unless there is a schedule)',
    }),
    schedule: Type.Array(Type.String(), {
      placeholder: 'texts',
      default: [],
      description:
        'schedules of steps, in quotation marks: "cosine(0.01)" over the whole training, or "cosine(0.01, steps=1000)"; "cosine(find)" searches for its peak; lrfind schedule --help lists the kinds',
    }),
    callback: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'texts',
        description: `callbacks, each a trial with each rate of --lr (the found one, if there is none), beside the rates and schedules alone: ${comparedNames}, such as "reduce-lr-on-plateau(factor=0.2, patience=3)"`,
      }),
    ),
    optimizer: Type.Array(Type.String(), {
      placeholder: 'names',
      default: [],
      description: "optimizers (default: the compiled model's, else adam)",
    }),
    batchSize: Type.Array(Type.Integer({ minimum: 1 }), {
      placeholder: 'numbers',
      default: [],
      description: `rows in a batch (default: ${(batchSize as { default?: number }).default})`,
    }),
  },
  closed,
);

/** How long and how often each trial is trained. */
export const CompareLength = Type.Object(settings, closed);

/** Loss, rates of layers, metrics and backend. */
export const CompareTraining = Type.Object(
  { groups, ...TrainingOptions.properties, ...MetricOptions.properties },
  closed,
);

/** How an interrupted comparison is resumed. */
export const JournalOptions = Type.Object(
  {
    journal: Type.Optional(
      Type.String({
        placeholder: 'path',
        description:
          'file that records each training as it ends, and is removed at the end (default: the first of --out with .journal added, else lrfind-compare.journal)',
      }),
    ),
    resume: Type.Boolean({
      default: false,
      description: 'resume an interrupted comparison from its journal; give the same options',
    }),
  },
  closed,
);

/** What is printed and written. */
export const CompareOutput = Type.Object(
  {
    ...OutputOptions.properties,
    quiet: Type.Boolean({ default: false, description: 'print only the name of the best trial' }),
  },
  closed,
);

/** All flags of `lrfind compare`. */
export const flags: FlagGroups = [
  ['Models and data:', CompareFiles],
  ['Trials (one for each combination):', TrialOptions],
  ['Length:', CompareLength],
  ['Training:', CompareTraining],
  ['Optimizer parameters (for the optimizers that have them):', OptimizerParameters],
  ['Journal:', JournalOptions],
  ['Output:', CompareOutput],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01,0.001,0.0001 -o comparison.png
  $ lrfind compare -m model.json -d data.csv --lr find --schedule "cosine(0.01), one-cycle(0.02)" --steps 2000
  $ lrfind compare -m model.json -d data.csv --schedule "cosine(0.01)" --callback "reduce-lr-on-plateau(patience=3)"
  $ lrfind compare -m model.json -d data.csv --optimizer adam,rmsprop,adagrad --lr 0.001
  $ lrfind compare -m small.json,large.json -d data.csv --lr find --halving -o comparison.json
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01,0.001 --repeats 5 --resume`;

/** What is compared, filled in. */
export type TrialOptions = Static<typeof TrialOptions>;
/** Options of the output, filled in. */
export type CompareOutput = Static<typeof CompareOutput>;
