import { closed } from '@lrfind/core/options';
import { CompareSettings } from '@lrfind/core/study';
import { callbackKinds } from '@lrfind/finder';
import type { Static } from 'typebox';
import * as Type from 'typebox';
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

/** The flags that say what is compared, and how. */
export const comparisonFlags: FlagGroups = [
  ['Models and data:', CompareFiles],
  ['Trials (one for each combination):', TrialOptions],
  ['Length:', CompareLength],
  ['Training:', CompareTraining],
  ['Optimizer parameters (for the optimizers that have them):', OptimizerParameters],
];

/** What is compared, filled in. */
export type TrialOptions = Static<typeof TrialOptions>;
