import type { Static, TObject } from 'typebox';
import type { Schedule } from './schedule.js';

/** A row of the table of schedules: its name, its parameters (declared once, as a schema) and how to make its function. */
export interface ScheduleKind<Parameters extends TObject = TObject> {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /** Every parameter with its default, range and description. One without a default must be given, unless it is optional. */
  readonly parameters: Parameters;
  /**
   * The list parameter that takes everything that stands without a name in the text form: `join(constant(1), constant(2), at=9)`.
   * Without it, what stands without a name fills the parameters in their declared order.
   */
  readonly rest?: string;
  /**
   * Makes the function. It is only ever asked for steps from 0 on, and what it gives is checked by the caller; schedules
   * among the parameters are ready to be called.
   *
   * @throws InputError for parameters that do not fit together
   */
  create(parameters: Static<Parameters>): Schedule;
}

/** Declares a row with its parameters' types inferred. */
export function scheduleKind<Parameters extends TObject>(kind: ScheduleKind<Parameters>): ScheduleKind<Parameters> {
  return kind;
}
