import type { Evaluation, NumberRange } from '@lrfind/core/results';
import type { ScheduleSpec } from '@lrfind/core/schedules';
import { CompareSettings, type Journal, TrainSettings, type Workers } from '@lrfind/core/study';
import { SweepOptions } from '@lrfind/core/sweep';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrialCallback } from './callbacks/compared-callback.js';
import type { FitCallback } from './engine/callback-hooks.js';
import type { Checkpoint } from './engine/checkpoint.js';
import type { TrainingStepEvent } from './engine/fit.js';
import type { StepEvent } from './engine/search-groups.js';
import type { ArrayData } from './engine/to-dataset.js';
import type { TrialRunner } from './engine/workers/trial-runner.js';
import type { ClassWeights } from './losses/class-weights.js';
import type { LossOption, LossWeights } from './losses/resolve.js';
import type { InitialWeights } from './model/initial-weights.js';
import type { OptimizerOption } from './optimizers/model-optimizer.js';

/**
 * A learning rate, a schedule of steps in any of its forms, or `'find'`: the rate that a search on the training rows suggests. A text
 * of a schedule in which `find` stands for the rate, such as `'cosine(find)'`, gets the peak that does best in short trainings along it.
 */
export type LearningRateChoice = ScheduleSpec | 'find';

/** What `findLearningRate`, `train` and `compare` have in common. */
interface CommonOptions {
  /**
   * The optimizer: a name, a name with parameters (`{ name: 'sgd', momentum: 0.9 }`) or a TensorFlow.js optimizer.
   * Default: the compiled model's own, else adam. A search with the model's own weights goes on from the state of an
   * optimizer that has taken steps, the compiled one or one that is given; `train` and `compare` begin with a new state.
   */
  readonly optimizer?: OptimizerOption | undefined;
  /** The loss: a name or a function, or one for each output. Default: the compiled model's, else inferred. */
  readonly loss?: LossOption | undefined;
  /** What the loss of each output counts in the sum that is trained, as in Keras: `[1, 0.5]` or `{ price: 0.5 }`. Default: 1. */
  readonly lossWeights?: LossWeights | undefined;
  /**
   * What rows of each class weigh in the loss of training steps, as Keras's `class_weight`: `{ 0: 1, 1: 5 }`, or `balanced`.
   * Default: 1. Weights of single rows are `sampleWeight` of the data.
   */
  readonly classWeight?: ClassWeights | undefined;
  /**
   * `given` (default): every seed starts from the model's weights as they are. `drawn`: every seed draws new ones from
   * the model's own initialisers.
   */
  readonly initialWeights?: InitialWeights | undefined;
  /** Ends the call: its promise is rejected with the signal's reason, and the models are as they were. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many sweeps and trainings run at once, 1 to 64, each on a thread with a copy of the model and its share of the processors; what
   * is a function of the caller's own stays in the calling thread. No result depends on it: on wasm not a bit, on TensorFlow the last ones.
   * Refused where there are no such threads: in a page, on other backends, and with `LRFIND_DETERMINISTIC=1` on TensorFlow.
   * Default: `auto`, as many as the measured pace says are worth their start.
   */
  readonly workers?: Workers | undefined;
}

const common = {
  optimizer: true,
  loss: true,
  lossWeights: true,
  classWeight: true,
  initialWeights: true,
  signal: true,
  workers: true,
} satisfies Record<keyof CommonOptions, true>;

/** Options of `findLearningRate`; all have defaults. */
export interface FindOptions extends Partial<Omit<SweepOptions, 'for'>>, CommonOptions {
  /**
   * The schedule, without its rate, or several that the training may follow: `'cosine'`, `['constant', 'one-cycle(pctStart=0.2)']`.
   * Peak rates are tried for each of them, along the whole schedule in fewer steps. Needs `epochs` or `trainingSteps`.
   */
  readonly for?: string | readonly string[] | undefined;
  /**
   * Rows to measure the loss on, in place of a share of the training rows: rows that a model with weights was not trained on
   * before, if there are any.
   */
  readonly validation?: ArrayData | Dataset | undefined;
  /** Methods of suggestion; the first gives the answer. Default: all. */
  readonly suggest?: readonly string[] | undefined;
  /** Called after every measured step. */
  readonly onStep?: ((event: StepEvent) => void) | undefined;
  /** With `verify`: called as a rate is tried, after each evaluation of a training. */
  readonly onTry?: ((event: TryEvent) => void) | undefined;
}

/** What `onTry` gets. */
export interface TryEvent {
  /** The constant learning rate, or the peak of the schedule. */
  readonly rate: number;
  /** With `for`: the schedule, without its rate. */
  readonly schedule?: string | undefined;
  readonly seed: number;
  /** Steps that the training has taken, and that the longest will take. */
  readonly step: number;
  readonly length: number;
  /** The loss on the validation rows at this evaluation; null where it is not finite. */
  readonly loss: number | null;
}

/** Options of `train`; all but the learning rate have defaults. */
export interface TrainOptions extends Partial<TrainSettings>, CommonOptions {
  readonly learningRate: LearningRateChoice;
  /** Names of metrics. Default: the accuracy where the loss is of classes, else the mean absolute error. */
  readonly metrics?: readonly string[] | undefined;
  /** Rows to validate on, in place of a share of the training rows. */
  readonly validation?: ArrayData | Dataset | undefined;
  /** Rows on which the trained model is tested. */
  readonly test?: ArrayData | Dataset | undefined;
  /**
   * Callbacks as `model.fit` takes them, one or a list. They see an optimizer of `optimizer(…)`: they may set its rate and
   * momentum, from the next step on.
   */
  readonly callbacks?: FitCallback | readonly FitCallback[] | undefined;
  /**
   * Stores the training after each epoch, so that an interrupted one can be resumed, and the models of the last and the best
   * epoch. Callbacks resume by their `state()` and `restore(state)`; others start anew. Default: none.
   */
  readonly checkpoint?: Checkpoint | undefined;
  /** Called after every epoch; when a training is resumed, first for each of the earlier epochs. */
  readonly onEpoch?: ((evaluation: Evaluation) => void) | undefined;
  /**
   * Called for every step, several at a time, as losses are read from where they are computed; when a training is resumed, for the
   * steps that are taken now.
   */
  readonly onStep?: ((event: TrainingStepEvent) => void) | undefined;
  /** With a rate that is to be found: called after every measured step of the sweeps. */
  readonly onSearchStep?: ((event: StepEvent) => void) | undefined;
  /** With a rate that is to be found: called as a rate is tried, after each evaluation of a training. */
  readonly onTry?: ((event: TryEvent) => void) | undefined;
}

/** Options of `compare`; all but the trials, or a search that draws them, have defaults. The optimizer is that of trials that name none. */
export interface CompareOptions extends Partial<CompareSettings>, CommonOptions {
  readonly trials?: readonly TrialOptions[] | undefined;
  /** Draws the trials, in place of `trials`. */
  readonly search?: SearchOptions | undefined;
  /** Names of metrics. Default: the accuracy where the loss is of classes, else the mean absolute error. */
  readonly metrics?: readonly string[] | undefined;
  /** Rows to validate on, in place of a share of the training rows. */
  readonly validation?: ArrayData | Dataset | undefined;
  /** Rows on which the model of each training is tested at its end, once. Nothing is ranked by them. */
  readonly test?: ArrayData | Dataset | undefined;
  /** Callbacks of the trials that name none, as they name them. Default: none. */
  readonly callbacks?: TrialCallback | readonly TrialCallback[] | undefined;
  /** Records what is completed, so that an interrupted comparison can be resumed. */
  readonly journal?: Journal | undefined;
  /** What runs the trainings, such as a queue of `@lrfind/queue`, from which workers take them. Default: this process. */
  readonly queue?: TrialRunner | undefined;
  /** Called after every evaluation. */
  readonly onEvaluation?: ((event: ComparisonEvent) => void) | undefined;
}

/** A search: trials that are drawn by the seed of the comparison, none twice. */
export interface SearchOptions {
  /** How many trials, from 2 to 100,000. */
  readonly trials: number;
  /**
   * `random` (default): each trial is drawn independently of the others. `tpe`: after ten of these, trials are drawn near those that did
   * well (a tree-structured Parzen estimator). With several trainings at a time, what is drawn depends on the order in which they end.
   */
  readonly sampler?: 'random' | 'tpe' | undefined;
  /**
   * The learning rate, or the peak of a schedule: a range, in which each decade is equally likely, or a list of rates. Default:
   * `{ low: 1e-5, high: 1 }`.
   */
  readonly learningRate?: NumberRange | readonly number[] | undefined;
  /** Schedules without their rate, such as `constant`, `cosine` or `one-cycle(pctStart=0.2)`. Default: constant. */
  readonly schedule?: readonly string[] | undefined;
  /** Optimizers that need a rate. Default: that of the comparison. */
  readonly optimizer?: readonly OptimizerOption[] | undefined;
  /** Rows in a batch: a range, which stands for the powers of two in it, or a list. Default: that of the comparison. */
  readonly batchSize?: NumberRange | readonly number[] | undefined;
  /** Weight decay of those optimizers that have it: a range, or a list of numbers above 0. Default: that of each optimizer. */
  readonly weightDecay?: NumberRange | readonly number[] | undefined;
}

/** A trial to compare with others. Everything but its learning rate is by default that of the comparison. */
export interface TrialOptions {
  readonly learningRate: LearningRateChoice;
  readonly optimizer?: OptimizerOption | undefined;
  /** Rows in a batch. */
  readonly batchSize?: number | undefined;
  /**
   * Callbacks that listen to each training of the trial, one or a list, by their text or JSON:
   * `reduce-lr-on-plateau(patience=3)`. Those that set the rate need a plain `learningRate`; those that count epochs, a length
   * in epochs.
   */
  readonly callbacks?: TrialCallback | readonly TrialCallback[] | undefined;
  /** Another model for the same rows. */
  readonly model?: LayersModel | undefined;
  /** The same rows in the form that this model takes. */
  readonly data?: ArrayData | Dataset | undefined;
  /** The same validation rows in the form that this model takes. */
  readonly validation?: ArrayData | Dataset | undefined;
  /** The same test rows in the form that this model takes. */
  readonly test?: ArrayData | Dataset | undefined;
  /** Default: what distinguishes it from the other trials. */
  readonly name?: string | undefined;
}

/** What `onEvaluation` gets. */
export interface ComparisonEvent {
  /** Name of the trial. */
  readonly trial: string;
  readonly seed: number;
  readonly evaluation: Evaluation;
  /** Number of all trainings, one for each trial and seed. */
  readonly trainings: number;
  /** Number of evaluations of each. */
  readonly evaluations: number;
  /**
   * About how much of the comparison is done, from 0 to 1. With asynchronous halving it is the share of the trials that have begun, without the
   * last.
   */
  readonly progress: number;
}

/** The options that are declared in a schema and those besides it, by name. The compiler checks that none is missing. */
const namesOf = (schema: { readonly properties: object }, own: Readonly<Record<string, true>>): readonly string[] => [
  ...Object.keys(own),
  ...Object.keys(schema.properties),
];

/** Every option of `findLearningRate`. */
export const findOptionNames = namesOf(SweepOptions, {
  ...common,
  validation: true,
  suggest: true,
  onStep: true,
  onTry: true,
} satisfies Record<Exclude<keyof FindOptions, keyof SweepOptions>, true>);

/** Every option of `train`. */
export const trainOptionNames = namesOf(TrainSettings, {
  learningRate: true,
  ...common,
  metrics: true,
  validation: true,
  test: true,
  callbacks: true,
  checkpoint: true,
  onEpoch: true,
  onStep: true,
  onSearchStep: true,
  onTry: true,
} satisfies Record<Exclude<keyof TrainOptions, keyof TrainSettings>, true>);

/** Every option of `compare`. */
export const compareOptionNames = namesOf(CompareSettings, {
  trials: true,
  search: true,
  ...common,
  metrics: true,
  validation: true,
  test: true,
  callbacks: true,
  journal: true,
  queue: true,
  onEvaluation: true,
} satisfies Record<Exclude<keyof CompareOptions, keyof CompareSettings>, true>);
