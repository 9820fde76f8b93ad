import { readFile } from 'node:fs/promises';
import { InputError } from '@lrfind/core';
import { resolveSchedule, type Schedule, type ScheduleSpec } from '@lrfind/core/schedules';

/** Where an optimizer stands in what Keras and TensorFlow.js save of a compiled model, from the outside to the inside. */
const wrappers = [
  'modelTopology',
  'compile_config',
  'training_config',
  'trainingConfig',
  'optimizer_config',
  'optimizer',
];

/**
 * Reads the schedule in a JSON file of Keras's: one by itself, with its class or as a bare `get_config()`, or the `learning_rate`
 * of an optimizer or a compiled model. A rate that is a number is a constant.
 *
 * @throws InputError naming the file, when there is none, it is not JSON, or has no schedule that can be had
 */
export async function readKerasSchedule(path: string): Promise<Schedule> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' ? `--keras: no such file: ${path}` : `--keras: cannot read ${path}: ${error.message}`,
    );
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError(`--keras: ${path} is not JSON: ${(error as Error).message}`);
  }
  const found = scheduleIn(parsed);
  if (found === undefined) {
    throw new InputError(
      `--keras: ${path} has no schedule in it; expected Keras's {"class_name": …, "config": …}, a schedule's get_config(), or an optimizer whose learning_rate is one`,
    );
  }
  try {
    return resolveSchedule(found);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`--keras: ${path}: ${error.message}`) : error;
  }
}

function scheduleIn(json: unknown): ScheduleSpec | undefined {
  let found = json;
  for (const wrapper of wrappers) {
    if (isObject(found) && isObject(found[wrapper])) found = found[wrapper];
  }
  if (!isObject(found)) return undefined;
  const config = isObject(found.config) ? found.config : found;
  const rate = config.learning_rate ?? config.lr;
  if (isObject(rate) || typeof rate === 'number') return rate as ScheduleSpec;
  return typeof found.class_name === 'string' || typeof found.name === 'string' ? (found as ScheduleSpec) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
