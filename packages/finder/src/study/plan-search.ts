import { assertOptions, countText, InputError, notAllowed, notOneOf, shownValue, wordList } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { NumberRange, Search } from '@lrfind/core/results';
import { peakSchedule, scheduleToBeFound } from '@lrfind/core/schedules';
import {
  CompareSettings,
  checkRange,
  configurationsIn,
  powersOfTwo,
  randomSampler,
  tpeSampler,
} from '@lrfind/core/study';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertModel } from '../model/describe.js';
import { type ModelOptimizer, type OptimizerOption, resolveModelOptimizer } from '../optimizers/model-optimizer.js';
import { optimizerConfig, optimizerText, resolveOptimizer } from '../optimizers/registry.js';
import type { SearchOptions, TrialOptions } from '../options.js';

/** What a search draws. */
export interface PlannedSearch {
  /** All trials, or the first one of those that are drawn by how the earlier ones did. */
  readonly trials: readonly TrialOptions[];
  /** How many trials there will be. */
  readonly count: number;
  /**
   * Draws the next trial; missing where all are drawn.
   *
   * @param ranked numbers of the trials that have been evaluated so far, best first
   */
  readonly next?: (ranked: readonly number[]) => TrialOptions;
  /** A trial for each combination of schedule, optimizer and batch size: what is wrong with one that may be drawn is wrong with one of these. */
  readonly combinations: readonly TrialOptions[];
  /** What the result says of the search: with what was drawn so far. */
  describe(): Search;
}

/** Every option of a search. */
const SEARCH_KEYS = [
  'trials',
  'sampler',
  'learningRate',
  'schedule',
  'optimizer',
  'batchSize',
  'weightDecay',
] satisfies (keyof SearchOptions)[];

/** The rates of a search that names none: from below those of Adam on large networks to above those of SGD on small ones. */
const USUAL_RATES: NumberRange = { low: 1e-5, high: 1 };

/**
 * Plans a search, and draws its trials, or the first of them.
 *
 * @param model the trials' model
 * @param defaults what the comparison has for all trials
 * @throws InputError for an option that is unknown, out of range, or changes nothing, and for more trials than there are configurations
 */
export function planSearch(
  search: SearchOptions,
  model: LayersModel,
  defaults: Pick<CompareSettings, 'batchSize' | 'seed' | 'halving'> & {
    readonly optimizer?: OptimizerOption | undefined;
  },
): PlannedSearch {
  assertModel(model);
  assertOptions(search, SEARCH_KEYS, 'search', (name) => `search.${name}`);
  const { trials: count } = search;
  if (!Number.isSafeInteger(count) || count < 2 || count > 100_000)
    throw notAllowed('search.trials', 'a whole number at least 2 and at most 100000', count);
  const { sampler: chosen = 'random' } = search;
  if (!Object.hasOwn(samplers, chosen)) throw notOneOf('search.sampler', Object.keys(samplers), chosen);
  if (chosen === 'tpe' && defaults.halving === true)
    throw new InputError(
      'halving must be asynchronous or false where search.sampler is tpe, which draws a trial by how the earlier ones did; got true',
    );
  const given =
    search.optimizer === undefined ? [defaults.optimizer] : listOf(search.optimizer, 'search.optimizer', () => '');
  const optimizers = given.map((option) => searchable(resolveModelOptimizer(option, model)));
  listOf(optimizers, 'search.optimizer', optimizerText);
  const decays = optimizers.map(
    ({ kind }) => search.weightDecay !== undefined && 'weightDecay' in kind.parameters.properties,
  );
  if (search.weightDecay !== undefined && !decays.includes(true))
    throw new InputError(
      `search.weightDecay must be left out, or an optimizer that has weight decay, such as adamw, be among those of the search; got ${optimizers.map(({ kind }) => kind.name).join(', ')}`,
    );
  if (search.weightDecay !== undefined) refuseOwnDecay(given);
  const schedules = listOf(search.schedule ?? ['constant'], 'search.schedule').map((text, i) => {
    if (typeof text !== 'string')
      throw notAllowed(`search.schedule[${i}]`, 'a schedule without its rate, such as one-cycle', text);
    if (scheduleToBeFound(text))
      throw notAllowed(`search.schedule[${i}]`, 'a schedule without its rate, which the search draws', text);
    return peakSchedule(text, `search.schedule[${i}]`);
  });
  const space = {
    learningRate: numbers(search.learningRate ?? USUAL_RATES, 'search.learningRate'),
    schedule: schedules.map(({ text }) => text),
    batchSize: batchSizes(search.batchSize ?? [defaults.batchSize]),
    ...(search.weightDecay !== undefined && { weightDecay: numbers(search.weightDecay, 'search.weightDecay') }),
  };
  const most = configurationsIn({ ...space, decays });
  if (count > most)
    throw new InputError(
      `search.trials must be at most the number of configurations that differ, ${most}; got ${count}`,
    );
  const sampler = samplers[chosen]({ ...space, decays }, defaults.seed);
  const drawn: Search['drawn'] = [];
  const rateOf = ({ toBeFound, isConstant }: (typeof schedules)[0], learningRate: number) =>
    isConstant ? learningRate : toBeFound.replace('find', String(learningRate));
  const next = (ranked: readonly number[]): TrialOptions => {
    const { learningRate, schedule, optimizer: number, batchSize, weightDecay } = sampler.draw(ranked);
    const scheduled = schedules[space.schedule.indexOf(schedule)] as (typeof schedules)[0];
    const optimizer = optimizers[number] as ModelOptimizer;
    const decayed = weightDecay === null ? optimizer : resolveOptimizer({ ...optimizerConfig(optimizer), weightDecay });
    const rate = rateOf(scheduled, learningRate);
    const parts = [
      ...(optimizers.length > 1 || search.weightDecay !== undefined ? [optimizerText(decayed)] : []),
      typeof rate === 'number' ? `lr ${rate}` : rate,
      ...(space.batchSize.length > 1 ? [`batch ${batchSize}`] : []),
    ];
    const name = parts.join(', ');
    const { name: kind } = optimizer.kind;
    drawn.push({ trial: name, learningRate, schedule, optimizer: kind, batchSize, weightDecay });
    return { name, learningRate: rate, optimizer: weightDecay === null ? given[number] : decayed, batchSize };
  };
  const adapts = chosen === 'tpe';
  const trials = Array.from({ length: adapts ? 1 : count }, () => next([]));
  const [{ learningRate }] = drawn as [Search['drawn'][0]];
  return {
    trials,
    count,
    combinations: schedules.flatMap((schedule) =>
      given.flatMap((optimizer) =>
        space.batchSize.map((batchSize) => ({
          learningRate: rateOf(schedule, learningRate),
          optimizer,
          batchSize,
        })),
      ),
    ),
    ...(adapts && { next }),
    describe: () => ({
      sampler: chosen,
      space: { ...space, optimizer: optimizers.map(optimizerConfig) },
      drawn,
    }),
  };
}

/**
 * Says which batch sizes of a search make no difference, because each of them holds all rows.
 *
 * @param rows to train on in an epoch
 * @returns no note where at most one of them does
 */
export function wholeBatchNotes({ space: { batchSize } }: Search, rows: number): string[] {
  const whole = batchSize.filter((size) => size >= rows);
  if (whole.length < 2) return [];
  return [
    `search: batches of ${wordList(whole.map(countText))} hold all ${countText(rows)} training rows, so they train alike`,
  ];
}

/** The ways to draw. */
const samplers = { random: randomSampler, tpe: tpeSampler } as const;

/** @throws InputError for an optimizer that finds its own rate */
function searchable(optimizer: ModelOptimizer): ModelOptimizer {
  const { name, rateFree } = optimizer.kind;
  if (!rateFree) return optimizer;
  throw new InputError(
    `search.optimizer must be optimizers that need a learning rate; got ${name}, which finds its own: compare it with the best trial of the search`,
  );
}

/** @throws InputError for an optimizer whose weight decay is given beside the one that is searched */
function refuseOwnDecay(given: readonly (OptimizerOption | undefined)[]): void {
  for (const option of given)
    if (typeof option === 'object' && 'name' in option && 'weightDecay' in option)
      throw new InputError(
        `search.optimizer must leave weightDecay out where search.weightDecay is drawn; got ${shownValue(option)}`,
      );
}

/** A list of at least one value, none of them twice. */
function listOf<Value>(
  values: readonly Value[],
  what: string,
  textOf: (value: Value) => string = (value) => String(value),
): readonly Value[] {
  if (!Array.isArray(values) || values.length === 0) throw notAllowed(what, 'a list of at least one', values);
  const texts = values.map(textOf);
  const twice = texts.find((text, i) => text !== '' && texts.indexOf(text) < i);
  if (twice !== undefined) throw new InputError(`${what} must have each value once; got ${twice} twice`);
  return values;
}

/** A range, or a list of numbers above 0. */
function numbers(given: NumberRange | readonly number[], what: string): NumberRange | number[] {
  if (!Array.isArray(given)) return checkRange(given, what);
  return listOf(given, what).map((number, i) => {
    if (typeof number === 'number' && number > 0 && number < Infinity) return number;
    throw new InputError(`${what}[${i}] must be a number above 0; got ${shownValue(number)}`);
  });
}

/** A range stands for the powers of two in it. */
function batchSizes(given: NumberRange | readonly number[]): number[] {
  const what = 'search.batchSize';
  if (!Array.isArray(given)) return powersOfTwo(given, what);
  return listOf(given, what).map((batchSize) => resolveOptions(CompareSettings, { batchSize }, () => what).batchSize);
}
