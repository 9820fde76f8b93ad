import type { TSchema } from 'typebox';
import { InputError } from '../../errors.js';
import { firstDifference } from '../../json.js';
import { holdsSchedules } from '../parameters.js';
import { scheduleNamed } from '../registry.js';
import type { Schedule, ScheduleConfig } from '../schedule.js';

/**
 * Writes a schedule in its text form, which `parseSchedule` reads. Parameters that have their default are left out.
 *
 * @param schedule a schedule, or its config
 * @throws InputError when it contains a custom function, which no text can express
 *
 * @example
 * console.log(printSchedule({ name: 'cosine', rate: 0.1, steps: 1000 })); // cosine(0.1, steps=1000)
 */
export function printSchedule(schedule: Schedule | ScheduleConfig): string {
  const config = typeof schedule === 'function' ? schedule.config : schedule;
  if (!config) throw new InputError('a schedule that contains a custom function cannot be written as text');
  const { name, ...parameters } = config;
  const kind = scheduleNamed(name);
  const [first] = Object.keys(kind.parameters.properties);
  const written = Object.entries(kind.parameters.properties).flatMap(([parameter, schema]) => {
    const value = parameters[parameter];
    if (value === undefined || !firstDifference(value, (schema as { default?: unknown }).default)) return [];
    if (parameter === kind.rest) return (value as ScheduleConfig[]).map(printSchedule);
    return [
      parameter === first ? printed(schema as TSchema, value) : `${parameter}=${printed(schema as TSchema, value)}`,
    ];
  });
  return `${kind.name}(${written.join(', ')})`;
}

function printed(parameter: TSchema, value: unknown): string {
  if (holdsSchedules(parameter) === 'one') return printSchedule(value as ScheduleConfig);
  if (!Array.isArray(value)) return String(value);
  return value.length === 1 ? String(value[0]) : `[${value.join(', ')}]`;
}
