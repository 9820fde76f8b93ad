import { allowed, choice, closed } from '@lrfind/core/options';
import { CompareSettings } from '@lrfind/core/study';
import { callbackKinds } from '@lrfind/finder';
import type { Static, TSchema } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups, FlagSchema } from '../shared/flags.js';
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

/** Two numbers with two dots between them; the message says what is wrong with others. */
const rangePattern = '\\.\\.';
const ranges = Type.String({ pattern: rangePattern });

/**
 * What is compared: every combination of model, optimizer, batch size and recipe is a trial. A recipe is a rate, a schedule, or a
 * rate with a callback. Or trials that a search draws from ranges and lists.
 */
export const TrialOptions = Type.Object(
  {
    search: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 100_000,
        placeholder: 'trials',
        description:
          'draw that many trials at random in place of all combinations: from a range or list of --lr (default: 1e-5..1), --batch-size and --weight-decay, and the names of --schedule (without a rate) and --optimizer',
      }),
    ),
    sampler: Type.Optional(
      choice(['random', 'tpe'], {
        description:
          'how --search draws: each trial independently of the others, or, after ten of these, near those that did well (a tree-structured Parzen estimator) (default: random)',
      }),
    ),
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
    batchSize: Type.Array(
      Type.Union([Type.Integer({ minimum: 1 }), ranges], {
        allowed: 'a whole number at least 1, or with --search a range such as 16..256',
      }),
      {
        placeholder: 'numbers',
        default: [],
        description: `rows in a batch (default: ${(batchSize as { default?: number }).default}); with --search also a range, which stands for the powers of two in it`,
      },
    ),
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

const { weightDecay, ...otherParameters } = OptimizerParameters.properties;
const { description: decayText, ...decayLimits } = weightDecay as FlagSchema & TSchema;

/** The parameters of the optimizers, of which a search draws the weight decay. */
export const ComparedParameters = Type.Object(
  {
    ...otherParameters,
    weightDecay: Type.Optional(
      Type.Union([Type.Unsafe<number>(decayLimits), ranges], {
        placeholder: 'number|range',
        allowed: `${allowed(decayLimits)}, or with --search a range such as 1e-6..1e-2`,
        description: `${decayText}; with --search also a range`,
      }),
    ),
  },
  closed,
);

/** The flags that say what is compared, and how. */
export const comparisonFlags: FlagGroups = [
  ['Models and data:', CompareFiles],
  ['Trials (one for each combination, unless --search draws them):', TrialOptions],
  ['Length:', CompareLength],
  ['Training:', CompareTraining],
  ['Optimizer parameters (for the optimizers that have them):', ComparedParameters],
];

/** What is compared, filled in. */
export type TrialOptions = Static<typeof TrialOptions>;
