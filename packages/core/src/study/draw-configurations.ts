import { InputError, notAllowed, shownValue } from '../errors.js';
import { type Random, seededRandom } from '../random.js';
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

/** So many draws in a row that were all drawn before show that there are no others. */
const MOST_REPEATED = 10_000;

/**
 * Draws configurations at random, each independent of the others, none twice.
 *
 * @param count how many
 * @param seed equal seeds give equal configurations; a larger count begins with those of a smaller one. Each dimension has numbers of its
 *   own, so a change of one leaves the others as they are, as long as none is drawn twice
 * @throws InputError when there are fewer configurations than that
 *
 * @example
 * drawConfigurations({ learningRate: { low: 1e-5, high: 1 }, schedule: ['constant'], decays: [false], batchSize: [32] }, 60, 0);
 */
export function drawConfigurations(space: SearchSpace, count: number, seed: number): Configuration[] {
  const stream = (dimension: keyof SearchSpace) => seededRandom(seed, 'search', dimension);
  const [rates, schedules, optimizers] = [stream('learningRate'), stream('schedule'), stream('decays')];
  const [batchSizes, decays] = [stream('batchSize'), stream('weightDecay')];
  const drawn = new Map<string, Configuration>();
  let repeated = 0;
  while (drawn.size < count) {
    const optimizer = Math.floor(optimizers() * space.decays.length);
    const decay = space.weightDecay && numberFrom(space.weightDecay, decays);
    const configuration: Configuration = {
      learningRate: numberFrom(space.learningRate, rates),
      schedule: oneOf(space.schedule, schedules),
      optimizer,
      batchSize: oneOf(space.batchSize, batchSizes),
      weightDecay: (space.decays[optimizer] && decay) || null,
    };
    const key = JSON.stringify(configuration);
    repeated = drawn.has(key) ? repeated + 1 : 0;
    if (repeated === MOST_REPEATED)
      throw new InputError(
        `search.trials must be at most the number of configurations that differ, ${drawn.size}; got ${count}`,
      );
    drawn.set(key, configuration);
  }
  return [...drawn.values()];
}

/** A number from a range, equally likely in each decade, or from a list. */
function numberFrom(numbers: NumberRange | readonly number[], random: Random): number {
  if (isList(numbers)) return oneOf(numbers, random);
  const { low, high } = numbers;
  const drawn = Number((low * (high / low) ** random()).toPrecision(DIGITS));
  return Math.min(Math.max(drawn, low), high);
}

function isList(numbers: NumberRange | readonly number[]): numbers is readonly number[] {
  return Array.isArray(numbers);
}

function oneOf<Value>(values: readonly Value[], random: Random): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

/**
 * Reads a range as it is written in a text: `1e-5..1`.
 *
 * @param what messages call the option
 * @returns null for a text that is no range
 * @throws InputError for a range that {@link checkRange} refuses
 */
export function parseRange(text: string, what: string): NumberRange | null {
  const ends = text.split('..').map((end) => (end.trim() === '' ? Number.NaN : Number(end)));
  if (ends.length === 1) return null;
  if (ends.length > 2 || ends.some(Number.isNaN))
    throw notAllowed(what, 'two numbers with .. between them, such as 1e-5..1', text);
  return checkRange({ low: ends[0] as number, high: ends[1] as number }, what);
}

/**
 * Checks a range from which numbers are drawn.
 *
 * @param what messages call the option
 * @throws InputError for what is no range, for an end that is not above 0, and for ends in the wrong order
 */
export function checkRange(range: unknown, what: string): NumberRange {
  const { low, high } = (range ?? {}) as { readonly low?: unknown; readonly high?: unknown };
  const [least, most] = RATE_LIMITS;
  for (const [name, end] of Object.entries({ low, high }))
    if (typeof end !== 'number' || !(end >= least && end <= most))
      throw new InputError(
        `${what}.${name} must be a number from ${least} to ${most}, since numbers are drawn by their logarithm; got ${shownValue(end)}`,
      );
  if (!((low as number) < (high as number)))
    throw new InputError(`${what} must go from a lower number to a higher one; got ${low} to ${high}`);
  return { low: low as number, high: high as number };
}

/**
 * The powers of two in a range: the batch sizes that a range stands for.
 *
 * @param what messages call the option
 * @throws InputError for a range without one
 */
export function powersOfTwo({ low, high }: NumberRange, what: string): number[] {
  const powers: number[] = [];
  for (let power = 1; power <= Math.min(high, Number.MAX_SAFE_INTEGER); power *= 2)
    if (power >= low) powers.push(power);
  if (powers.length > 0) return powers;
  throw new InputError(`${what} must hold a power of two, of which batch sizes are drawn; got ${low} to ${high}`);
}
