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
  /** How many steps show what it does. Missing for a caller's own function. */
  readonly span?: ScheduleSpan;
}

/** The steps of a schedule that are worth looking at. */
export interface ScheduleSpan {
  readonly steps: number;
  /** Whether it ends there: from the step `steps` on the rate stays as it is. Otherwise it goes on, and these are a good part of it. */
  readonly ends: boolean;
}

/** A schedule as JSON: the name of its kind and all its parameters. */
export interface ScheduleConfig {
  readonly name: string;
  readonly [parameter: string]: unknown;
}
