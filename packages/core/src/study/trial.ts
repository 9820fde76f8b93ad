import { fromBase64, toBase64 } from '../base64.js';
import type { Evaluation, Training } from '../results/training.js';
import type { ScheduleConfig } from '../schedules/schedule.js';

/** Something that a trial uses but does not contain, such as its model. */
export interface Reference {
  /** Where the executor finds it: a key, a path or a URL. */
  readonly ref: string;
  /** Checksum of its content. */
  readonly hash: number;
}

/** How a trial is trained. */
export interface TrialRecipe {
  /** Name and every parameter. */
  readonly optimizer: { readonly name: string; readonly [parameter: string]: unknown };
  readonly batchSize: number;
  /** A schedule, or a reference to the caller's own function. */
  readonly schedule: ScheduleConfig | Reference;
}

/**
 * One training of a trial, as JSON: everything that decides its outcome. The same spec gives the same training on the
 * same backend, whatever else runs.
 */
export interface TrialSpec {
  /** Name of the trial. */
  readonly trial: string;
  readonly model: Reference;
  readonly data: Reference;
  readonly recipe: TrialRecipe;
  /** Decides initial weights, batch order and dropout. */
  readonly seed: number;
  /** Numbers of steps after which it is evaluated, ascending. The training ends, or pauses, after the last. */
  readonly evaluateAt: readonly number[];
  /** The number of steps after which the whole training ends. */
  readonly length: number;
  /** Where to resume; null to start. */
  readonly from: PausedTrial | null;
}

/** A training that has paused at an intermediate checkpoint. */
export interface PausedTrial {
  /** What was measured before the pause. */
  readonly training: Training;
  /** Wall time spent before the pause. */
  readonly seconds: number;
  readonly state: SavedState;
}

/** The state of a training between two steps. */
export interface StepState {
  /** Seed of dropout and noise. */
  readonly seed: number;
  /** Steps taken. */
  readonly steps: number;
  /** Learning rate of the last of them; NaN before the first. */
  readonly lastRate: number;
  /** Weights, then the optimizer's slots, in the order that the model and the optimizer give them. */
  readonly values: readonly Float32Array[];
}

/** A {@link StepState} as JSON: the values in base64, NaN as null. */
export interface SavedState {
  readonly seed: number;
  readonly steps: number;
  readonly lastRate: number | null;
  readonly values: readonly string[];
}

/** What a training came to: until its end, or until it paused. */
export interface TrialOutcome {
  /** The whole training so far, the part before a pause included. */
  readonly training: Training;
  /** Wall time of the whole training so far. */
  readonly seconds: number;
  /** From where it can be resumed; null when it has ended. */
  readonly state: SavedState | null;
}

/** Runs trials: in this process, or elsewhere. */
export interface Executor {
  /**
   * Runs one training until the last of `spec.evaluateAt`.
   *
   * @throws the signal's reason when it is aborted
   */
  run(spec: TrialSpec, options: RunOptions): Promise<TrialOutcome>;
}

/** What {@link Executor.run} takes besides the spec. */
export interface RunOptions {
  /** Called after every evaluation. */
  readonly onEvaluation?: ((evaluation: Evaluation) => void) | undefined;
  readonly signal?: AbortSignalLike | undefined;
}

/** The part of an `AbortSignal` that trials use; its type belongs to no library that is loaded here. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

/** A state as JSON. */
export function toSavedState({ seed, steps, lastRate, values }: StepState): SavedState {
  return { seed, steps, lastRate: Number.isNaN(lastRate) ? null : lastRate, values: values.map(toBase64) };
}

/** The state that {@link toSavedState} saved, bit for bit. */
export function fromSavedState({ seed, steps, lastRate, values }: SavedState): StepState {
  const numbers = values.map((text) => new Float32Array(fromBase64(text).buffer));
  return { seed, steps, lastRate: lastRate ?? Number.NaN, values: numbers };
}
