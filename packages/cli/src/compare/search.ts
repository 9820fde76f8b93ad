import { InputError, notAllowed } from '@lrfind/core';
import type { NumberRange } from '@lrfind/core/results';
import { checkRange, parseRange, powersOfTwo } from '@lrfind/core/study';
import type { ModelFile, SearchOptions } from '@lrfind/finder';
import { optimizerFlag } from '../shared/encode-inputs.js';
import { flagName } from '../shared/flags.js';
import type { TrialOptions } from './comparison-options.js';
import { sharedOut } from './trials.js';

/** What a search draws from, as far as flags say it without the model. */
export type SearchedRanges = Omit<SearchOptions, 'optimizer'>;

/**
 * What `--search` draws from.
 *
 * @param models how many there are
 * @param parameters of optimizers, from flags
 * @returns undefined without `--search`
 * @throws InputError for what is no range or list where one is drawn from, for a range without `--search`, and for what a search does not
 *   draw from
 */
export function searchedRanges(
  models: number,
  { search, sampler, lr, schedule, callback, batchSize }: TrialOptions,
  { weightDecay }: Readonly<Record<string, unknown>>,
): SearchedRanges | undefined {
  if (search === undefined) {
    if (typeof weightDecay === 'string')
      throw notAllowed('--weight-decay', 'a number, unless --search draws from a range', weightDecay);
    if (sampler !== undefined) throw notAllowed('--sampler', 'left out where no --search draws the trials', sampler);
    return undefined;
  }
  if (models > 1) throw new InputError(`--model must name one model where --search draws the trials; got ${models}`);
  if (callback) throw notAllowed('--callback', 'left out where --search draws the trials', callback.join());
  return {
    trials: search,
    sampler,
    ...(lr.length > 0 && { learningRate: rangeOrList(lr, '--lr', checkRange, { numberOf: rateOf }) }),
    ...(schedule.length > 0 && { schedule }),
    ...(batchSize.length > 0 && {
      batchSize: rangeOrList(batchSize, '--batch-size', powersOfTwo, { example: '16..256' }),
    }),
    ...(typeof weightDecay === 'string' && {
      weightDecay: rangeOrList([weightDecay], '--weight-decay', checkRange, { example: '1e-6..1e-2' }),
    }),
  };
}

/**
 * One range, or a list without any.
 *
 * @param check throws for a range that cannot be drawn from
 */
function rangeOrList(
  items: readonly (string | number)[],
  flag: string,
  check: (range: NumberRange, flag: string) => unknown,
  { numberOf = Number, example }: { readonly numberOf?: (item: string) => number; readonly example?: string } = {},
) {
  const ranges = items.map((item) => parseRange(String(item), flag, example));
  const [range] = ranges;
  if (range && items.length === 1) {
    check(range, flag);
    return range;
  }
  if (ranges.some((each) => each !== null)) throw notAllowed(flag, 'one range, or a list of numbers', items.join());
  return items.map((item) => numberOf(String(item)));
}

function rateOf(text: string): number {
  const rate = Number(text.trim());
  if (text.trim() !== '' && rate > 0 && rate < Infinity) return rate;
  throw notAllowed('--lr', 'a range such as 1e-5..1 or rates above 0 where --search draws the trials', text);
}

/**
 * A search as `compare` takes it. Each optimizer gets those of the parameters that it has.
 *
 * @param names of the optimizers; none for the model's own or the default
 * @param parameters of optimizers, from flags
 * @throws InputError for an unknown optimizer, and for a parameter that none of them has or that is out of range
 */
export function searchOn(
  ranges: SearchedRanges,
  names: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
  file: ModelFile,
): SearchOptions {
  const { weightDecay, ...fixed } = parameters;
  const parametersOf = sharedOut(ranges.weightDecay ? fixed : parameters);
  const optimizers = (names.length > 0 ? names : [undefined]).map((name) =>
    optimizerFlag(name, parametersOf.optimizer(name, file), file),
  );
  parametersOf.refuseUnused();
  const given = optimizers.flatMap((optimizer) => optimizer ?? []);
  return { ...ranges, ...(given.length > 0 && { optimizer: given }) };
}

const FLAGS: Readonly<Record<string, string>> = { trials: '--search', learningRate: '--lr' };

/** Names the flag in a message of the library about an option of a search. */
export function withSearchFlags(message: string): string {
  return message.replace(
    /^search\.(\w+?)(\[\d+\])?(?=[ :.])/,
    (_, option: string) => FLAGS[option] ?? flagName(option),
  );
}
