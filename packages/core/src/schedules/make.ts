import type { TSchema } from 'typebox';
import { InputError, notAllowed } from '../errors.js';
import { holdsSchedules, resolveParameters } from './parameters.js';
import { scheduleNamed } from './registry.js';
import type { Schedule, ScheduleConfig, ScheduleKind } from './schedule.js';

/** Schedules made by this file. They need no second check, which would cost time at every step. */
const made = new WeakSet<object>();

/**
 * Makes a schedule of a kind: checks its parameters, fills in the defaults, and stores them all as its config.
 *
 * @param name of an entry of `scheduleKinds`
 * @param given the parameters; `undefined` counts as left out
 * @param nested turns a parameter that is a schedule into one, for a training of the steps that it is there for
 * @param length steps of the training, which `auto` stands for
 * @throws InputError for an unknown name, an unknown, wrong or missing parameter, or parameters that do not fit
 *   together
 */
export function makeSchedule(
  name: string,
  given: Readonly<Record<string, unknown>>,
  nested: (spec: unknown, length?: number) => Schedule,
  length?: number,
): Schedule {
  const kind = scheduleNamed(name);
  const filled = withTrainingSteps(kind, given, length);
  const lengthWithin = (index: number) => (kind.lengthWithin ? kind.lengthWithin(filled, length, index) : length);
  const ready = Object.entries(filled).map(([parameter, value]) => {
    const holds = holdsSchedules((kind.parameters.properties[parameter] ?? {}) as TSchema);
    if (holds === 'one' && value !== undefined) return [parameter, nested(value, lengthWithin(0))];
    // A copy, because the caller may change the list later.
    if (Array.isArray(value))
      return [parameter, holds === 'many' ? value.map((each, i) => nested(each, lengthWithin(i))) : [...value]];
    return [parameter, value];
  });
  const label = (parameter: string) => `${kind.name}.${parameter}`;
  const parameters = resolveParameters(kind.parameters, Object.fromEntries(ready), label);
  return checked(kind.name, kind.create(parameters), configOf(kind.name, parameters));
}

/** What stands for the length of the training. */
export const AUTO_STEPS = 'auto';

/** Whether a parameter may be `auto`. */
export function isTrainingSteps(parameter: TSchema): boolean {
  return 'auto' in parameter;
}

/** Puts the steps of the training in the place of `auto`, or of the parameter that may be it and was left out. */
function withTrainingSteps(
  { name, parameters, autoSteps = (length) => length }: ScheduleKind,
  given: Readonly<Record<string, unknown>>,
  length: number | undefined,
): Readonly<Record<string, unknown>> {
  const found = Object.entries(parameters.properties).find(([, schema]) => isTrainingSteps(schema as TSchema));
  if (!found) return given;
  const [parameter, { description }] = found as [string, { description?: string }];
  const value = given[parameter];
  if (value !== undefined && value !== AUTO_STEPS) return given;
  // The rate comes first in every kind: one without it misses more than its steps.
  if (value === undefined && given.rate === undefined) return given;
  if (length === undefined) {
    const hint = `${AUTO_STEPS}, the length of the training, is not known here`;
    throw new InputError(`${name}.${parameter} must be given: ${description}; ${hint}`);
  }
  const steps = autoSteps(length, given);
  if (!(steps > 0))
    throw new InputError(
      `${name}.${parameter} must be above 0; got ${AUTO_STEPS}, for which a warm-up or the schedules before leave ${steps} steps: shorten those, train for longer, or give a number`,
    );
  return { ...given, [parameter]: steps };
}

/** Makes a schedule from a custom function: its rates are checked at every step, and its config, if any, is kept. */
export function customSchedule(custom: Schedule): Schedule {
  return made.has(custom) ? custom : checked(custom.name || 'the schedule', custom, custom.config);
}

/** Wraps a schedule so that it checks steps and rates. Before step 0 it holds its value at 0: formulas start there. */
function checked(label: string, bare: Schedule, config: ScheduleConfig | undefined): Schedule {
  const at = (step: number) => {
    if (Number.isFinite(step)) return Math.max(0, step);
    throw new InputError(`the step of ${label} must be a finite number; got ${step}`);
  };
  const schedule = (step: number) => {
    const rate = bare(at(step)) as unknown;
    if (typeof rate === 'number' && rate >= 0 && rate < Infinity) return rate;
    throw notAllowed(`the rate that ${label} gives for step ${step}`, 'a finite number at least 0', rate);
  };
  const { momentum, span, extent } = bare;
  made.add(schedule);
  return Object.assign(
    schedule,
    config && { config },
    momentum && { momentum: (step: number) => momentum(at(step)) },
    span && { span },
    extent && extent.steps > 0 && { extent },
  );
}

/** All parameters as JSON; `undefined` when one is a custom function, which JSON cannot express. */
function configOf(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleConfig | undefined {
  const entries = Object.entries(parameters).map(([parameter, value]) => [
    parameter,
    Array.isArray(value) ? value.map(plain) : plain(value),
  ]);
  if (entries.some(([, value]) => (Array.isArray(value) ? value.includes(undefined) : value === undefined)))
    return undefined;
  return { name, ...Object.fromEntries(entries) };
}

function plain(value: unknown): unknown {
  return typeof value === 'function' ? (value as Schedule).config : value;
}
