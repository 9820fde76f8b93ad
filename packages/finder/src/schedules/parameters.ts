import Type, { type TSchema } from 'typebox';
import type { Schedule } from './schedule.js';

/** A learning rate, or a share of one. */
export const rate = (description: string, initial?: number) =>
  Type.Number({ minimum: 0, ...(initial !== undefined && { default: initial }), description });

/** A length in steps that is divided by. It may be a fraction, since a step may be one. */
export const steps = (description: string) => Type.Number({ exclusiveMinimum: 0, description });

/** A length in steps that may be none. */
export const stepsOrNone = (description: string, initial?: number) =>
  Type.Number({ minimum: 0, ...(initial !== undefined && { default: initial }), description });

/** A number above 0 that has a default. */
export const positive = (initial: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: initial, description });

/** A switch. */
export const flag = (initial: boolean, description: string) => Type.Boolean({ default: initial, description });

/** Steps at which something changes. */
export const boundaries = (description: string) => Type.Array(Type.Number(), { description });

/** Another schedule: whatever `resolveSchedule` takes. */
export const schedule = (description: string) =>
  Type.Unsafe<Schedule>({ schedule: true, allowed: 'a schedule', description });

/** Other schedules. */
export const schedules = (description: string) => Type.Array(schedule('a schedule'), { description });

/** A function from a number to a number. A schedule with one has no config. */
export const numberFunction = (description: string) =>
  Type.Unsafe<(at: number) => number>({ function: true, allowed: 'a function from a number to a number', description });

/** Momentum, or β₁ of the adam family. */
export const momentum = (initial: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: initial, description });

/** Whether a parameter is a schedule (`one`), a list of schedules (`many`), or neither. */
export function holdsSchedules(parameter: TSchema): 'one' | 'many' | undefined {
  if ('schedule' in parameter) return 'one';
  return 'items' in parameter && 'schedule' in (parameter.items as TSchema) ? 'many' : undefined;
}
