import { closed } from '@lrfind/core/options';
import { TrainSettings } from '@lrfind/core/study';
import { callbackKinds } from '@lrfind/finder';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import {
  MetricOptions,
  ModelDataOptions,
  OptimizerOptions,
  OptimizerParameters,
  TrainingOptions,
  test,
  validation,
} from '../shared/options.js';

/** The model and the tables. */
export const TrainFiles = Type.Object(
  {
    ...ModelDataOptions.properties,
    validation,
    test,
  },
  closed,
);

/** The learning rate, and what changes it. */
export const RateOptions = Type.Object(
  {
    lr: Type.Optional(
      Type.String({
        placeholder: 'rate',
        description:
          'learning rate of all steps, or "find" to search for it on the training rows first; with a schedule, for its peak (default: find)',
      }),
    ),
    schedule: Type.Optional(
      Type.String({
        placeholder: 'text',
        description:
          'learning rate of each step, in quotation marks: "cosine(0.01)" over the whole training, or "cosine(0.01, steps=1000)"; "cosine(find)", or cosine with --lr find, searches for its peak; lrfind schedule --help lists the kinds',
      }),
    ),
    callback: Type.Array(Type.String(), {
      placeholder: 'texts',
      default: [],
      description: `callbacks, such as "reduce-lr-on-plateau(patience=3)" or "early-stopping(patience=5, restoreBestWeights=true)": ${callbackKinds.flatMap(({ text }) => (text ? [text.name] : [])).join(', ')}`,
    }),
  },
  closed,
);

/** The flags that say what is trained, and how. */
export const trainingFlags: FlagGroups = [
  ['Model and data:', TrainFiles],
  ['Learning rate:', RateOptions],
  [
    'Training:',
    Type.Object({ ...TrainSettings.properties, ...TrainingOptions.properties, ...MetricOptions.properties }, closed),
  ],
  ['Optimizer:', Type.Object({ ...OptimizerOptions.properties, ...OptimizerParameters.properties }, closed)],
];

/** The learning rate as flags give it. */
export type RateOptions = Static<typeof RateOptions>;
