/**
 * A learning rate for every step of a training: a pure function, so that it can be drawn, compared and asked for any step
 * in any order. Steps count from 0 and may be fractions; before 0 and past the end a schedule holds a value, as its page says.
 */
export interface Schedule {
  (step: number): number;
  /** How it was made, for files and messages: JSON from which the same schedule can be made. Missing for a caller's own function. */
  readonly config?: ScheduleConfig;
  /** The momentum (β₁ for Adam) that belongs to each step, for schedules that move it along with the rate. */
  readonly momentum?: (step: number) => number;
}

/** A schedule as JSON: the name of its kind and all its parameters. */
export interface ScheduleConfig {
  readonly name: string;
  readonly [parameter: string]: unknown;
}
