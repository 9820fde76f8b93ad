import { InputError, notAllowed, shownValue } from '../errors.js';
import { seededRandom } from '../random.js';
import { RATE_LIMITS } from '../rate-limits.js';
import type { NumberRange } from '../results/search.js';

/** What configurations are drawn from. */
export interface SearchSpace {
  /** Of a constant rate, or of the peak of a schedule. */
  readonly learningRate: NumberRange | readonly number[];
  /** Without their rate. */
  readonly schedule: readonly string[];
  /** For each optimizer, whether weight decay is searched for it. */
  readonly decays: readonly boolean[];
  readonly batchSize: readonly number[];
  /** Missing where no optimizer's is searched. */
  readonly weightDecay?: NumberRange | readonly number[] | undefined;
}

/** How a trial of a search is trained. */
export interface Configuration {
  readonly learningRate: number;
  readonly schedule: string;
  /** Number of the optimizer, from 0. */
  readonly optimizer: number;
  readonly batchSize: number;
  /** Null where it is not searched for the optimizer. */
  readonly weightDecay: number | null;
}

/** Digits of a number from a range: more say nothing of a training, and are hard to copy. */
const DIGITS = 4;

/** So many draws in a row that were all drawn before show that the others are too unlikely to be drawn, … */
const MOST_REPEATED = 10_000;
/** … or so many for each configuration: the last of n equally likely ones is drawn once in n times. */
const REPEATED_FOR_EACH = 50;

/** Draws configurations, none twice. */
export interface Sampler {
  /**
   * Draws the next configuration.
   *
   * @param ranked numbers of the configurations that have been tried so far, in the order in which they were drawn, from 0: best first
   * @throws InputError when there is none left
   */
  draw(ranked: readonly number[]): Configuration;
}

/**
 * Draws each configuration at random, independently of the others.
 *
 * @param seed equal seeds give equal configurations. Each dimension has numbers of its own, so a change of one leaves the others as they
 *   are, as long as none is drawn twice
 *
 * @example
 * const sampler = randomSampler({ learningRate: { low: 1e-5, high: 1 }, schedule: ['constant'], decays: [false], batchSize: [32] }, 0);
 * const configurations = Array.from({ length: 60 }, () => sampler.draw([]));
 */
export function randomSampler(space: SearchSpace, seed: number): Sampler {
  const points = randomPoints(space, seed);
  return { draw: () => configurationAt(space, points()) };
}

/** A configuration as coordinates from 0 to 1, one for each of {@link dimensionsOf}. */
export type Point = readonly number[];

/** What is drawn for a configuration, each with how many values it has: infinitely many in a range. */
export function dimensionsOf({ learningRate, schedule, decays, batchSize, weightDecay }: SearchSpace) {
  const numbers = (of: NumberRange | readonly number[]) => (isList(of) ? of.length : Number.POSITIVE_INFINITY);
  return [
    { name: 'learningRate', values: numbers(learningRate), isOrdered: true },
    { name: 'schedule', values: schedule.length, isOrdered: false },
    { name: 'optimizer', values: decays.length, isOrdered: false },
    { name: 'batchSize', values: batchSize.length, isOrdered: true },
    { name: 'weightDecay', values: weightDecay ? numbers(weightDecay) : 1, isOrdered: true },
  ] as const;
}

/** How many configurations there are: a range has as many numbers as there are of its digits. */
export function configurationsIn({ learningRate, schedule, decays, batchSize, weightDecay }: SearchSpace): number {
  const decayed = weightDecay ? numbersIn(weightDecay) : 1;
  const optimizers = decays.reduce((sum, decay) => sum + (decay ? decayed : 1), 0);
  return numbersIn(learningRate) * schedule.length * optimizers * batchSize.length;
}

/** How many numbers are drawn from a list or a range. */
function numbersIn(numbers: NumberRange | readonly number[]): number {
  if (isList(numbers)) return numbers.length;
  // An end that has more digits takes the place of the number beyond it.
  return placeOf(numbers.high) - placeOf(numbers.low) + 1;
}

/** The place of a number among all of so few digits, once it is rounded to them. */
function placeOf(number: number): number {
  const [digits, exponent] = number.toExponential(DIGITS - 1).split('e') as [string, string];
  return Number(digits.replace('.', '')) + 9 * 10 ** (DIGITS - 1) * Number(exponent);
}

/**
 * A stream of points at random, of which no two are the same configuration.
 *
 * @throws InputError from the stream when there is none left, or none but such as are too unlikely
 */
export function randomPoints(space: SearchSpace, seed: number, drawn = new Set<string>()): () => Point {
  const streams = dimensionsOf(space).map(({ name }) => seededRandom(seed, 'search', name));
  const most = Math.max(MOST_REPEATED, REPEATED_FOR_EACH * configurationsIn(space));
  return () => {
    for (let repeated = 0; repeated < most; repeated++) {
      const point = streams.map((random) => random());
      if (isNew(space, point, drawn)) return point;
    }
    throw new InputError(
      `search.trials must be at most the number of configurations that differ, ${drawn.size}; got more`,
    );
  };
}

/** Whether a point is a configuration that was not drawn before; it is afterwards. */
export function isNew(space: SearchSpace, point: Point, drawn: Set<string>): boolean {
  const before = drawn.size;
  return drawn.add(JSON.stringify(configurationAt(space, point))).size > before;
}

/** The configuration at a point. */
export function configurationAt(space: SearchSpace, point: Point): Configuration {
  const [rate, schedule, optimizer, batchSize, weightDecay] = point as [number, number, number, number, number];
  const number = indexAt(space.decays.length, optimizer);
  return {
    learningRate: numberAt(space.learningRate, rate),
    schedule: space.schedule[indexAt(space.schedule.length, schedule)] as string,
    optimizer: number,
    batchSize: numberAt(space.batchSize, batchSize),
    weightDecay: space.weightDecay && space.decays[number] ? numberAt(space.weightDecay, weightDecay) : null,
  };
}

/** The number of the value that a coordinate stands for. */
export function indexAt(values: number, coordinate: number): number {
  return Math.min(values - 1, Math.floor(coordinate * values));
}

/** A number of a list, or of a range, in which equal distances are equal ratios. */
function numberAt(numbers: NumberRange | readonly number[], coordinate: number): number {
  if (isList(numbers)) return numbers[indexAt(numbers.length, coordinate)] as number;
  const { low, high } = numbers;
  const rounded = Number((low * (high / low) ** coordinate).toPrecision(DIGITS));
  return Math.min(Math.max(rounded, low), high);
}

function isList(numbers: NumberRange | readonly number[] | undefined): numbers is readonly number[] {
  return Array.isArray(numbers);
}

/**
 * Reads a range as it is written in a text: `1e-5..1`.
 *
 * @param what messages call the option
 * @param example of a range, for messages
 * @returns the two numbers, not checked further; null for a text that is no range
 * @throws InputError for what is not two numbers with two dots between them; a third dot may be a slip or belong to a number
 */
export function parseRange(text: string, what: string, example = '1e-5..1'): NumberRange | null {
  const ends = text.split('..').map((end) => (end.trim() === '' ? Number.NaN : Number(end)));
  if (ends.length === 1) return null;
  if (ends.length > 2 || ends.some(Number.isNaN) || text.includes('...'))
    throw notAllowed(what, `two numbers with .. between them, such as ${example}`, text);
  return { low: ends[0] as number, high: ends[1] as number };
}

/**
 * Checks a range from which numbers are drawn.
 *
 * @param what messages call the option
 * @throws InputError for what is no range, for an end out of limits, and for ends in the wrong order
 */
export function checkRange(range: unknown, what: string): NumberRange {
  const [least, most] = RATE_LIMITS;
  return rangeOf(
    range,
    (end) => typeof end === 'number' && end >= least && end <= most,
    what,
    `both from ${least} to ${most}, since numbers are drawn by their logarithm`,
  );
}

/**
 * The powers of two in a range: the batch sizes that a range stands for.
 *
 * @param what messages call the option
 * @throws InputError for what is no range of whole numbers, and for a range without a power of two
 */
export function powersOfTwo(range: unknown, what: string): number[] {
  const isRows = (end: unknown) => Number.isSafeInteger(end) && (end as number) >= 1;
  const { low, high } = rangeOf(range, isRows, what, 'both whole and at least 1');
  const powers: number[] = [];
  for (let power = 1; power <= high; power *= 2) if (power >= low) powers.push(power);
  if (powers.length > 0) return powers;
  throw new InputError(`${what} must hold a power of two, of which batch sizes are drawn; got ${low} to ${high}`);
}

/** @throws InputError for what is not two ends that are allowed, the lower one first */
function rangeOf(range: unknown, isAllowed: (end: unknown) => boolean, what: string, limits: string): NumberRange {
  const { low, high, ...others } = (range ?? {}) as { readonly low?: unknown; readonly high?: unknown };
  const [other] = Object.keys(others);
  if (low !== undefined && high !== undefined && other !== undefined)
    throw new InputError(`${what} must have low and high and nothing else; got ${other}`);
  if (isAllowed(low) && isAllowed(high) && (low as number) < (high as number))
    return { low: low as number, high: high as number };
  const got = low === undefined && high === undefined ? shownValue(range) : `${shownValue(low)} to ${shownValue(high)}`;
  throw new InputError(`${what} must go from a number to a higher one, ${limits}; got ${got}`);
}
