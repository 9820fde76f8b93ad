import type { Static, TObject } from 'typebox';

/**
 * A learning rate for every step of a training: a pure function, so it can be drawn, compared and asked for any step in
 * any order. Steps count from 0 and may be fractions. Before step 0 and after its end a schedule holds a value, which its
 * page in the docs states.
 */
export interface Schedule {
  (step: number): number;
  /** JSON from which the same schedule can be made, for files and messages. Missing for the caller's own function. */
  readonly config?: ScheduleConfig;
  /** The momentum (β₁ for Adam) of each step, for schedules that move it along with the rate. */
  readonly momentum?: (step: number) => number;
  /** How many steps show its shape. Missing for the caller's own function. */
  readonly span?: ScheduleSpan;
}

/** The steps of a schedule that are worth showing. */
export interface ScheduleSpan {
  readonly steps: number;
  /** Whether the rate stays constant from step `steps` on. Otherwise the schedule continues, and these steps are a good part of it. */
  readonly ends: boolean;
}

/** A schedule as JSON: the name of its kind and all its parameters. */
export interface ScheduleConfig {
  readonly name: string;
  readonly [parameter: string]: unknown;
}

/**
 * A schedule as a caller writes it:
 *
 * - a number: that rate at every step;
 * - a text: `cosine(0.1, steps=1000, warmup=100)`;
 * - a function from step to rate, or a schedule;
 * - an object with the name of a kind and its parameters, such as a schedule's `config`. Any of these forms may stand
 *   where a parameter is a schedule;
 * - what Keras saves for one of its schedules: `{ class_name, config }`, or the result of `get_config()` alone.
 */
export type ScheduleSpec =
  | number
  | string
  | ((step: number) => number)
  | Schedule
  | ScheduleConfig
  | { readonly class_name: string; readonly config: object; readonly [other: string]: unknown };

/** An entry of the table of schedules: its name, its parameters (declared once, as a schema) and how to make its function. */
export interface ScheduleKind<Parameters extends TObject = TObject> {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /** Every parameter with its default, range and description. One without a default is required, unless it is optional. */
  readonly parameters: Parameters;
  /**
   * The list parameter that takes every unnamed argument of the text form: `join(constant(1), constant(2), at=9)`.
   * Without it, unnamed arguments fill the parameters in their declared order.
   */
  readonly rest?: string;
  /**
   * Makes the function. It is only ever called with steps from 0 on, and the caller checks what it returns. Schedules
   * among the parameters are ready to be called.
   *
   * @throws InputError for parameters that do not fit together
   */
  create(parameters: Static<Parameters>): Schedule;
}

/** Declares an entry with its parameters' types inferred. */
export function scheduleKind<Parameters extends TObject>(kind: ScheduleKind<Parameters>): ScheduleKind<Parameters> {
  return kind;
}
