import { InputError } from '@lrfind/core';
import type { NamedSchedule } from './sources.js';

/** Schedules with their rates at every step of a training. */
export interface Preview {
  /** The steps are 0 to `steps − 1`. */
  readonly steps: number;
  readonly schedules: readonly PreviewedSchedule[];
}

/** A schedule with its value at every step. */
export interface PreviewedSchedule extends NamedSchedule {
  readonly rates: readonly number[];
  /** Only for a schedule that moves the momentum. */
  readonly momenta?: readonly number[];
}

/**
 * Asks every schedule for every step.
 *
 * @throws InputError where a rate is not finite, as of growth without end
 */
export function preview(schedules: readonly NamedSchedule[], steps: number): Preview {
  const all = (of: (step: number) => number) => Array.from({ length: steps }, (_, step) => of(step));
  return {
    steps,
    schedules: schedules.map(({ name, schedule }) => {
      try {
        return { name, schedule, rates: all(schedule), ...(schedule.momentum && { momenta: all(schedule.momentum) }) };
      } catch (error) {
        throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
      }
    }),
  };
}
