import type { Schedule, ScheduleConfig } from './schedule.js';

/**
 * A schedule as a caller writes it:
 *
 * - a number: that rate at every step;
 * - a text: `cosine(0.1, steps=1000, warmup=100)`;
 * - a function from step to rate, or a schedule;
 * - an object with the name of a kind and its parameters, such as a schedule's `config`; where a parameter is a schedule, any of
 *   these may stand;
 * - what Keras saves for one of its schedules: `{ class_name, config }`, or the result of `get_config()` by itself.
 */
export type ScheduleSpec =
  | number
  | string
  | ((step: number) => number)
  | Schedule
  | ScheduleConfig
  | { readonly class_name: string; readonly config: object; readonly [other: string]: unknown };
