import type { Static, TObject } from 'typebox';

/**
 * A learning rate for every step of a training: a pure function, so it can be drawn and compared, and called for steps
 * in any order. Steps count from 0 and may be fractional. Before step 0 a schedule has its rate at step 0;
 * docs/schedules.md states the rate after its end.
 */
export interface Schedule {
  (step: number): number;
  /** The schedule as JSON, for files and messages. Missing if it contains a custom function. */
  readonly config?: ScheduleConfig;
  /** The momentum (β₁ for Adam) of each step. Missing for schedules that leave the momentum alone. */
  readonly momentum?: (step: number) => number;
  /** The steps that show its shape. Missing for a custom function. */
  readonly span?: ScheduleSpan;
  /** The training that it was made for. Missing where any length will do, and for a custom function. */
  readonly extent?: ScheduleExtent;
}

/** The steps of the training that a schedule was made for. */
export interface ScheduleExtent {
  /** The last step before which the schedule has not done what it is for: its end, or its first cycle or stair. */
  readonly steps: number;
  /** Whether it has come down by then, so that later steps hardly train. */
  readonly spent: boolean;
}

/** The steps of a schedule that show its shape. */
export interface ScheduleSpan {
  /** The last of them, at least 0. */
  readonly steps: number;
  /** Whether the rate is constant from step `steps` on. Otherwise the schedule continues in the same manner. */
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
 * - an object with the name of a kind and its parameters, such as a schedule's `config`. A parameter that is a schedule
 *   takes any of these forms;
 * - a schedule that Keras has serialized: `{ class_name, config }`, or the result of `get_config()`.
 */
export type ScheduleSpec =
  | number
  | string
  | ((step: number) => number)
  | Schedule
  | ScheduleConfig
  | { readonly class_name: string; readonly config: object; readonly [other: string]: unknown };

/** An entry of the table of schedules. */
export interface ScheduleKind<Parameters extends TObject = TObject> {
  /** Unique, in kebab case; its name in text and JSON. */
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Schema of all parameters, with defaults, ranges and descriptions. A parameter without a default is required unless
   * it is optional.
   */
  readonly parameters: Parameters;
  /**
   * The parameter, a list, that takes all unnamed arguments of the text form: `join(constant(1), constant(2), at=9)`.
   * By default, unnamed arguments fill the parameters in their declared order.
   */
  readonly rest?: string;
  /**
   * The steps of a training that are left for the parameter marked `auto`, which stands for them and may be left out: the
   * length less what else takes steps. Default: all.
   */
  readonly autoSteps?: (length: number, given: Readonly<Record<string, unknown>>) => number;
  /**
   * The steps of a training that a schedule within this one is there for. Default: all.
   *
   * @param given the parameters that are no schedules, unchecked
   * @param length of the training, if it is known
   * @param index of the schedule in its list; 0 for a single one
   */
  readonly lengthWithin?: (
    given: Readonly<Record<string, unknown>>,
    length: number | undefined,
    index: number,
  ) => number | undefined;
  /**
   * Makes the schedule. Its function is called only with steps of at least 0, and the caller checks the rates.
   *
   * @param parameters checked, with defaults filled in; schedules among them are functions already
   * @throws InputError for parameters that do not fit together
   */
  create(parameters: Static<Parameters>): Schedule;
}

/** Declares an entry; the types of its parameters are inferred. */
export function scheduleKind<Parameters extends TObject>(kind: ScheduleKind<Parameters>): ScheduleKind<Parameters> {
  return kind;
}
