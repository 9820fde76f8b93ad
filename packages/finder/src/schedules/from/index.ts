import { resolveSchedule } from '../resolve-schedule.js';
import type { Schedule } from '../schedule.js';
import type { ScheduleSpec } from '../schedule-spec.js';
import { keras } from './keras.js';
import { pytorch } from './pytorch.js';

type Translate = (name: string, parameters: Readonly<Record<string, unknown>>) => ScheduleSpec;

const made =
  (translate: Translate) =>
  (name: string, parameters: Readonly<Record<string, unknown>>): Schedule =>
    resolveSchedule(translate(name, parameters));

export const from = {
  keras: made(keras),
  pytorch: made(pytorch),
} as const;
