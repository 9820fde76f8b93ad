import type { Static, TObject, TSchema } from 'typebox';
import * as Type from 'typebox';
import { InputError, notAllowed } from '../errors.js';
import { MAX_FLOAT32 } from '../float32.js';
import { resolveOptions } from '../options.js';
import type { Schedule } from './schedule.js';

/** A learning rate, or a share of one. */
export const rate = (description: string, initial?: number) =>
  Type.Number({ minimum: 0, rate: true, ...(initial !== undefined && { default: initial }), description });

/** A number of steps by which the formula divides. It may be fractional, because steps may be. */
export const steps = (description: string) => Type.Number({ exclusiveMinimum: 0, countsSteps: true, description });

/**
 * The number of steps of a schedule that is there for a whole training. In a training `auto`, or leaving it out, stands for
 * the length of the training.
 */
export const trainingSteps = (description: string, minimum?: number) =>
  Type.Number({
    ...(minimum === undefined ? { exclusiveMinimum: 0 } : { minimum }),
    auto: true,
    countsSteps: true,
    description,
  });

/** A number of steps that may be 0. */
export const stepsOrNone = (description: string, initial?: number) =>
  Type.Number({ minimum: 0, ...(initial !== undefined && { default: initial }), countsSteps: true, description });

/** A number of steps above 0 with a default. */
export const stepsByDefault = (initial: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: initial, countsSteps: true, description });

/** A number above 0 with a default. */
export const positive = (initial: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: initial, description });

/** A boolean. */
export const flag = (initial: boolean, description: string) => Type.Boolean({ default: initial, description });

/** Steps at which something changes. */
export const boundaries = (description: string) => Type.Array(Type.Number(), { countsSteps: true, description });

/** Another schedule: whatever `resolveSchedule` takes. */
export const schedule = (description: string) =>
  Type.Unsafe<Schedule>({ schedule: true, allowed: 'a schedule', description });

/** Other schedules. */
export const schedules = (description: string) => Type.Array(schedule('a schedule'), { description });

/** A function from a number to a number. A schedule with such a parameter has no config. */
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

/** Whether a parameter is a number of steps, or a list of them. */
export function countsSteps(parameter: TSchema): boolean {
  return 'countsSteps' in parameter;
}

/** Whether a parameter is a rate or a list of rates. */
function isRate(parameter: TSchema): boolean {
  return 'rate' in parameter || ('items' in parameter && 'rate' in (parameter.items as TSchema));
}

/**
 * Checks parameters against their declaration and fills in the defaults, as `resolveOptions` does. In addition, no
 * required parameter may be missing, and a function parameter must be a function.
 *
 * @param declared a parameter without a default is required, unless it is optional
 * @param given the caller's parameters; `undefined` counts as left out
 * @param label what messages call a parameter
 * @throws InputError naming the parameter, what is allowed and the value
 */
export function resolveParameters<Parameters extends TObject>(
  declared: Parameters,
  given: Readonly<Record<string, unknown>>,
  label: (parameter: string) => string,
): Static<Parameters> {
  const resolved = resolveOptions(declared, given, label) as Record<string, unknown>;
  for (const [parameter, schema] of Object.entries(declared.properties)) {
    const { description, function: wantsFunction } = schema as { description?: string; function?: boolean };
    if (!(parameter in resolved)) {
      if (!(declared.required as readonly string[]).includes(parameter)) continue;
      throw new InputError(`${label(parameter)} must be given: ${description}`);
    }
    const tooHigh = [resolved[parameter]].flat().find((value) => isRate(schema) && (value as number) > MAX_FLOAT32);
    if (tooHigh !== undefined)
      throw notAllowed(label(parameter), `at most ${MAX_FLOAT32}, since steps compute in float32`, tooHigh);
    if (wantsFunction && typeof resolved[parameter] !== 'function')
      throw notAllowed(label(parameter), 'a function', resolved[parameter]);
  }
  return resolved as Static<Parameters>;
}

/**
 * Checks that each boundary is above the one before it.
 *
 * @param label what messages call the parameter
 * @param boundaries the parameter
 * @throws InputError naming the first boundary that is not
 */
export function assertIncreasing(label: string, boundaries: readonly number[]): void {
  const wrong = boundaries.findIndex((boundary, i) => i > 0 && boundary <= (boundaries[i - 1] as number));
  if (wrong > 0) {
    throw new InputError(`${label} must increase; got ${boundaries[wrong]} after ${boundaries[wrong - 1]}`);
  }
}
