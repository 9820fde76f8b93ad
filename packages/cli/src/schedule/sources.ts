import { basename } from 'node:path';
import { InputError, isObject } from '@lrfind/core';
import { peakSchedule, printSchedule, resolveSchedule, type Schedule, type ScheduleSpec } from '@lrfind/core/schedules';
import { readJson, readResult } from '../files/read-result.js';
import { named } from '../shared/flags.js';
import { scheduleFlag } from '../shared/learning-rate.js';

/** A schedule and its name: its text form, after the name of its file if it has one. */
export interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/**
 * The schedules that are given as text.
 *
 * @param steps of the training that they are shown for, if it is given
 * @throws InputError for a text that is none; for the name of a file, with how lists of files are written
 */
export function schedulesOfTexts(texts: readonly string[], steps: number | undefined): NamedSchedule[] {
  const file = texts.find((text) => /^[^()]*\.[a-z]{2,5}$/i.test(text.trim()));
  if (file !== undefined)
    throw new InputError(
      `every argument must be a schedule or belong to an option; got ${file}. Write lists with commas: --out a.png,b.png`,
    );
  const read = (text: string) => {
    try {
      return resolveSchedule(text, steps);
    } catch (error) {
      if (steps !== undefined || !(error instanceof InputError) || !fitsTraining(text)) throw error;
      throw new InputError(`${error.message}\n--steps gives the length of the training`);
    }
  };
  return texts.map((text, i) => named(`schedule ${i + 1}`, () => withName(read(text))));
}

/** Whether a schedule lacks nothing but the length of a training. */
function fitsTraining(text: string): boolean {
  try {
    scheduleFlag(text);
    return true;
  } catch {
    return false;
  }
}

/** The schedule in each of Keras's files. */
export function schedulesOfKeras(paths: readonly string[]): Promise<NamedSchedule[]> {
  return Promise.all(paths.map(async (path) => withName(await readKerasSchedule(path), labelOf(path, paths))));
}

/**
 * Schedules for the results of searches: those that were tried, with their peaks, best first. Where none was, the one-cycle up to the
 * high end of the usable range, four cycles within that range, and the suggestion as a constant.
 *
 * @throws InputError for a file that is not the result of a search, or has neither a range nor a suggestion
 */
export async function schedulesOfResults(paths: readonly string[], steps: number): Promise<NamedSchedule[]> {
  const texts = await Promise.all(paths.map(async (path) => named('--from-result', () => textsFor(path, steps))));
  return texts.flatMap((each, i) =>
    each.map((text) => withName(resolveSchedule(text), labelOf(paths[i] as string, paths))),
  );
}

async function textsFor(path: string, steps: number): Promise<string[]> {
  const result = await readResult(path);
  if (result.format !== 'lrfind-sweep')
    throw new InputError(`${path} must be a result of lrfind find; got a result of the format ${result.format}`);
  const { range, suggestion, reason } = result;
  // As many digits as the summary shows; more would pretend a precision that a sweep does not have.
  const rounded = (rate: number) => Number(rate.toPrecision(3));
  const { verification, otherSchedules = [] } = result;
  const tried = [...(verification ? [verification] : []), ...otherSchedules].flatMap(
    ({ schedule, learningRate, target, length }) =>
      schedule === undefined ? [] : printSchedule(peakSchedule(schedule).at(rounded(learningRate), target ?? length)),
  );
  // A peak that was tried along one schedule says nothing of others.
  if (tried.length > 0) return tried;
  const texts: string[] = [];
  if (range) {
    const [low, high] = [rounded(range.low), rounded(range.high)];
    // Smith (2015) recommends at least four cycles; a cycle is twice as long as its rise.
    texts.push(
      `one-cycle(${high}, steps=${steps})`,
      `cyclical(${low}, ${high}, up=${Math.max(1, Math.round(steps / 8))})`,
    );
  }
  if (suggestion) texts.push(`constant(${rounded(suggestion.learningRate)})`);
  if (texts.length > 0) return texts;
  throw new InputError(`${path} must have a usable range or a suggestion; got neither${reason ? `: ${reason}` : ''}`);
}

/** Where Keras and TensorFlow.js save the optimizer of a compiled model, from the outside to the inside. */
const wrappers = [
  'modelTopology',
  'compile_config',
  'training_config',
  'trainingConfig',
  'optimizer_config',
  'optimizer',
];

/**
 * Reads the schedule in a JSON file that Keras saved: a schedule with its class or as a bare `get_config()`, or the
 * `learning_rate` of an optimizer or a compiled model. A rate that is a number is a constant.
 */
async function readKerasSchedule(path: string): Promise<Schedule> {
  const found = scheduleIn(await named('--from-keras', () => readJson(path)));
  if (found === undefined) {
    throw new InputError(
      `--from-keras: ${path} must hold Keras's {"class_name": …, "config": …}, a schedule's get_config(), or an optimizer whose learning_rate is one; got no schedule`,
    );
  }
  return named(`--from-keras: ${path}`, () => resolveSchedule(found));
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

/** A file's name, or its path where another file has the same name. */
function labelOf(path: string, all: readonly string[]): string {
  return all.filter((other) => basename(other) === basename(path)).length > 1 ? path : basename(path);
}

function withName(schedule: Schedule, file?: string): NamedSchedule {
  const text = printSchedule(schedule);
  return { name: file === undefined ? text : `${file}: ${text}`, schedule };
}
