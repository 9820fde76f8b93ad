import { fromBase64, toBase64 } from '../base64.js';
import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { ScheduleConfig } from '../schedules/schedule.js';
import type { CallbackState } from './callback-state.js';

/** Something that a trial uses but does not contain, such as its model. */
export interface Reference {
  /** Tells the executor where it is: a key, a path or a URL. */
  readonly ref: string;
  /** Checksum of its content, from `checksumOf`. */
  readonly hash: number;
}

/** A callback as JSON: its name, and the options that differ from their defaults. */
export interface CallbackConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** How to train a trial. */
export interface TrialRecipe {
  /** Name of the optimizer, and all its parameters. */
  readonly optimizer: { readonly name: string; readonly [parameter: string]: unknown };
  /** Rows in a batch. */
  readonly batchSize: number;
  /** The schedule of the learning rate, or a reference to a custom function. */
  readonly schedule: ScheduleConfig | Reference;
  /** What listens to the training, in the order in which it is called. Default: nothing. */
  readonly callbacks?: readonly CallbackConfig[];
}

/**
 * One training of a trial, as JSON: everything that decides its outcome. On the same backend, equal specs give equal
 * trainings, whatever else runs.
 */
export interface TrialSpec {
  /** Name of the trial. */
  readonly trial: string;
  readonly model: Reference;
  readonly data: Reference;
  readonly recipe: TrialRecipe;
  /** Decides initial weights, batch order and dropout. */
  readonly seed: number;
  /** Numbers of steps after which to evaluate, ascending. The training ends or pauses after the last. */
  readonly evaluateAt: readonly number[];
  /** The number of steps after which the whole training ends. */
  readonly length: number;
  /** The paused training to resume; null to start a new one. */
  readonly from: PausedTrial | null;
}

/** A training that has paused at an intermediate checkpoint. */
export interface PausedTrial {
  /** The training before the pause. */
  readonly training: TrialTraining;
  /** Wall time spent before the pause. */
  readonly seconds: number;
  readonly state: SavedState;
  /** Of a trial with callbacks: theirs. */
  readonly callbacks?: CallbackState;
}

/** The state of a training between two steps: everything that its next step depends on. */
export interface StepState {
  /** Seed of dropout and noise. */
  readonly seed: number;
  /** Steps taken. */
  readonly steps: number;
  /** Learning rate of the last step; NaN before the first. */
  readonly lastRate: number;
  /** The model's weights, then the optimizer's slots, each in their own order. */
  readonly values: readonly Float32Array[];
}

/** A {@link StepState} as JSON: the values in base64, NaN as null. */
export interface SavedState {
  readonly seed: number;
  readonly steps: number;
  readonly lastRate: number | null;
  readonly values: readonly string[];
}

/** A training up to its end or its pause. */
export interface TrialOutcome {
  /** The whole training so far, including the part before an earlier pause. */
  readonly training: TrialTraining;
  /** Wall time of the whole training so far, without pauses. */
  readonly seconds: number;
  /** The state to resume from; null when the training has ended. */
  readonly state: SavedState | null;
  /** The state of the trial's callbacks; missing without any, and when the training has ended. */
  readonly callbacks?: CallbackState;
}

/** Runs trainings, in this process or elsewhere. */
export interface Executor {
  /**
   * How many trainings it can run at once, at least 1; `Infinity` where it keeps those that must wait in a queue of its own, in the
   * order in which they come. Read once, before the first training. Default: 1.
   */
  readonly concurrency?: number;
  /**
   * Runs one training until the last of `spec.evaluateAt`, until a callback ends it, or until it diverges.
   *
   * @throws TrialFailure for a training that failed each time it was tried, on machines of which each might be the reason; the signal's
   *   reason when it is aborted
   */
  run(spec: TrialSpec, options: RunOptions): Promise<TrialOutcome>;
}

/**
 * What an executor throws for a training that failed each time it was tried, where others can go on: the trial counts as failed, and the
 * study goes on. The message says why.
 */
export class TrialFailure extends Error {
  override readonly name: string = 'TrialFailure';
}

/** Options of {@link Executor.run}. */
export interface RunOptions {
  /**
   * Called after every evaluation of this part, in order. An executor that begins a part again, as on another thread, may report
   * evaluations again.
   */
  readonly onEvaluation?: ((evaluation: Evaluation) => void) | undefined;
  /** Aborts the training. */
  readonly signal?: AbortSignalLike | undefined;
}

/** An `AbortSignal`, of which this is the part that trials use. The language's own types do not include it. */
export interface AbortSignalLike {
  /** Throws the signal's reason if it is aborted. */
  throwIfAborted(): void;
}

/** Turns a state into JSON. */
export function toSavedState({ seed, steps, lastRate, values }: StepState): SavedState {
  return { seed, steps, lastRate: Number.isNaN(lastRate) ? null : lastRate, values: values.map(toBase64) };
}

/** Restores the state that {@link toSavedState} saved, bit for bit. */
export function fromSavedState({ seed, steps, lastRate, values }: SavedState): StepState {
  const numbers = values.map((text) => new Float32Array(fromBase64(text).buffer));
  return { seed, steps, lastRate: lastRate ?? Number.NaN, values: numbers };
}
