import type { TSchema } from 'typebox';
import { InputError, suggestion } from '../errors.js';
import { makeSchedule } from './make.js';
import { countsSteps } from './parameters.js';
import { scheduleKinds } from './registry.js';
import type { Schedule, ScheduleConfig } from './schedule.js';
import { parseSchedule } from './text/parse.js';
import { type Argument, misplaced, readText } from './text/syntax.js';

/** The parameter that scales a schedule: its highest rate, or its first. */
const PEAK = 'rate';

/** What stands for a rate that is to be found. */
const TO_BE_FOUND = 'find';

/** A schedule whose peak rate is still to be found. */
export interface PeakSchedule {
  /** As it was written: `cosine`, or `cosine(warmup=100)`. */
  readonly text: string;
  /** With `find` for the rate: `cosine(find, warmup=100)`. */
  readonly toBeFound: string;
  /** Whether no rate depends on the length of the training: a constant rate. */
  readonly isConstant: boolean;
  /**
   * The schedule in a training.
   *
   * @param rate the peak
   * @param length steps of the training
   */
  at(rate: number, length: number): Schedule;
  /**
   * The same shape in a training of another length: every number of steps is multiplied by `steps / length`.
   *
   * @param rate the peak
   * @param length steps of the training that the schedule is for
   * @param steps those of the other training
   */
  compressed(rate: number, length: number, steps: number): Schedule;
}

/** The kinds of schedules that one rate scales, by name. */
export function peakScheduleNames(): string[] {
  return scheduleKinds.filter(({ parameters }) => PEAK in parameters.properties).map(({ name }) => name);
}

/**
 * Reads a schedule without its rate: the name of a kind, with other parameters in parentheses where it needs them, such as
 * `cosine`, `one-cycle(pctStart=0.2)` or `exponential(factor=0.1)`. All parameters go by name. `find` may stand for the rate:
 * `cosine(find)`.
 *
 * @param what messages call the option
 * @throws InputError for a kind that does not exist or that no single rate scales, for a rate in the text, and for a parameter that is
 *   missing or wrong; with the text and a mark, where a part of it is wrong
 *
 * @example
 * const cosine = peakSchedule('cosine(warmup=100)');
 * cosine.at(0.1, 1000).config; // { name: 'cosine', rate: 0.1, steps: 900, warmup: 100, … }
 * cosine.compressed(0.1, 1000, 100).config; // { name: 'cosine', rate: 0.1, steps: 90, warmup: 10, … }
 */
export function peakSchedule(text: string, what = 'schedule'): PeakSchedule {
  const { name, given } = callOf(text, what);
  const at = (rate: number, length: number) => parseSchedule(written(rate), length);
  const written = (rate: number) => `${name}(${PEAK}=${rate}${given === '' ? '' : `, ${given}`})`;
  try {
    at(1, SOME_LENGTH);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [message] = error.message.split('\n');
    throw new InputError(`${what} must be a schedule without its rate, such as ${example(name)}; ${message}`);
  }
  const shown = given === '' ? name : `${name}(${given})`;
  return {
    text: shown,
    toBeFound: `${name}(${[TO_BE_FOUND, ...(given === '' ? [] : [given])].join(', ')})`,
    isConstant: name === 'constant',
    at,
    compressed: (rate, length, steps) => scaled(at(rate, length).config as ScheduleConfig, steps / length),
  };
}

/**
 * The schedule of a text in which `find` stands for the rate: `cosine(find, warmup=100)`.
 *
 * @param spec any description of a schedule
 * @returns null for any other
 * @throws InputError for a schedule that no single rate scales, and for parameters that are missing or wrong
 */
export function scheduleToBeFound(spec: unknown): PeakSchedule | null {
  if (typeof spec !== 'string' || !/\(.*\bfind\b/s.test(spec)) return null;
  const node = readText(spec);
  return node.kind === 'call' && node.arguments.some(isToBeFound) ? peakSchedule(spec) : null;
}

/** A length in which every warm-up fits, to check a schedule before its training is known. */
const SOME_LENGTH = 1e9;

/** The name of a kind that one rate scales, and the text of its parameters. */
function callOf(text: string, what: string): { readonly name: string; readonly given: string } {
  const names = peakScheduleNames();
  if (text.trim() === '')
    throw new InputError(`${what} must be a schedule with one rate: ${names.join(', ')}; got an empty text`);
  const node = readText(text);
  const name = node.kind === 'word' ? node.value : node.kind === 'call' ? node.name : null;
  if (name === null || !names.includes(name)) {
    const exists = scheduleKinds.some((kind) => kind.name === name);
    const why = exists ? ', which no single rate scales' : suggestion(name ?? text, names);
    throw new InputError(`${what} must be a schedule with one rate: ${names.join(', ')}; got "${text.trim()}"${why}`);
  }
  const given = node.kind === 'call' ? node.arguments : [];
  const ends = [...given.slice(1).map(({ at }) => at), text.lastIndexOf(')')];
  const others = given.flatMap((argument, i) => {
    if (isToBeFound(argument, i)) return [];
    const { at, name: parameter } = argument;
    if (parameter === PEAK)
      throw misplaced(text, at, `${what} must be a schedule without its rate, which is to be found`);
    if (parameter === undefined)
      throw misplaced(text, at, `${what} must have its parameters by name; the rate is to be found`);
    return text.slice(at, ends[i]).replace(/[\s,]+$/, '');
  });
  return { name, given: others.join(', ') };
}

/** Whether an argument is `find` in the place of the rate. */
function isToBeFound({ name, value }: Argument, index: number): boolean {
  const inPlace = name === PEAK || (name === undefined && index === 0);
  return inPlace && value.kind === 'word' && value.value === TO_BE_FOUND;
}

/** The schedule of a kind with all its required parameters, as an example. */
function example(name: string): string {
  const { parameters } = scheduleKinds.find((kind) => kind.name === name) as (typeof scheduleKinds)[number];
  const required = Object.entries(parameters.properties).filter(
    ([parameter, schema]) =>
      parameter !== PEAK &&
      !('auto' in schema) &&
      parameters.required?.includes(parameter) &&
      (schema as { default?: unknown }).default === undefined,
  );
  if (required.length === 0) return name;
  return `${name}(${required.map(([parameter, schema]) => `${parameter}=${countsSteps(schema as TSchema) ? 100 : 0.1}`).join(', ')})`;
}

/** A schedule with every number of steps multiplied by a factor. */
function scaled({ name, ...parameters }: ScheduleConfig, factor: number): Schedule {
  const { properties } = (scheduleKinds.find((kind) => kind.name === name) as (typeof scheduleKinds)[number])
    .parameters;
  const given = Object.entries(parameters).map(([parameter, value]) => [
    parameter,
    countsSteps(properties[parameter] as TSchema) ? (value as number) * factor : value,
  ]);
  return makeSchedule(name, Object.fromEntries(given), () => {
    throw new Error('a schedule that one rate scales holds no other');
  });
}
