import { assertOptions, InputError, notAllowed, shownValue } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { NumberRange, Search } from '@lrfind/core/results';
import { peakSchedule } from '@lrfind/core/schedules';
import { CompareSettings, type Configuration, checkRange, drawConfigurations, powersOfTwo } from '@lrfind/core/study';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertModel } from '../model/describe.js';
import { type ModelOptimizer, type OptimizerOption, resolveModelOptimizer } from '../optimizers/model-optimizer.js';
import { optimizerConfig, optimizerText } from '../optimizers/registry.js';
import type { SearchOptions, TrialOptions } from '../options.js';

/** Trials that were drawn. */
export interface DrawnTrials {
  readonly trials: readonly TrialOptions[];
  /**
   * What the result says of the search.
   *
   * @param names of the trials
   */
  describe(names: readonly string[]): Search;
}

/** Every option of a search. */
const SEARCH_KEYS = [
  'trials',
  'learningRate',
  'schedule',
  'optimizer',
  'batchSize',
  'weightDecay',
] satisfies (keyof SearchOptions)[];

/** The rates of a search that names none: from below those of Adam on large networks to above those of SGD on small ones. */
const USUAL_RATES: NumberRange = { low: 1e-5, high: 1 };

/**
 * Draws the trials of a search.
 *
 * @param model the trials' model
 * @param defaults what the comparison has for all trials
 * @throws InputError for an option that is unknown, out of range, or changes nothing, and for more trials than there are configurations
 */
export function drawTrials(
  search: SearchOptions,
  model: LayersModel,
  defaults: { readonly optimizer?: OptimizerOption | undefined; readonly batchSize: number; readonly seed: number },
): DrawnTrials {
  assertModel(model);
  assertOptions(search, SEARCH_KEYS, 'search', (name) => `search.${name}`);
  const { trials: count } = search;
  if (!Number.isSafeInteger(count) || count < 2 || count > 100_000)
    throw notAllowed('search.trials', 'a whole number at least 2 and at most 100000', count);
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
  const schedules = listOf(search.schedule ?? ['constant'], 'search.schedule').map((text, i) => {
    if (typeof text !== 'string')
      throw notAllowed(`search.schedule[${i}]`, 'a schedule without its rate, such as one-cycle', text);
    return peakSchedule(text, `search.schedule[${i}]`);
  });
  const space = {
    learningRate: numbers(search.learningRate ?? USUAL_RATES, 'search.learningRate'),
    schedule: schedules.map(({ text }) => text),
    batchSize: batchSizes(search.batchSize ?? [defaults.batchSize]),
    ...(search.weightDecay !== undefined && { weightDecay: numbers(search.weightDecay, 'search.weightDecay') }),
  };
  const drawn = drawConfigurations({ ...space, decays }, count, defaults.seed);
  const trialOf = ({ learningRate, schedule, optimizer, batchSize, weightDecay }: Configuration): TrialOptions => {
    const { toBeFound, isConstant } = schedules[space.schedule.indexOf(schedule)] as (typeof schedules)[0];
    return {
      learningRate: isConstant ? learningRate : toBeFound.replace('find', String(learningRate)),
      optimizer:
        weightDecay === null
          ? given[optimizer]
          : { ...optimizerConfig(optimizers[optimizer] as ModelOptimizer), weightDecay },
      batchSize,
    };
  };
  return {
    trials: drawn.map(trialOf),
    describe: (names) => ({
      sampler: 'random',
      space: { ...space, optimizer: optimizers.map(optimizerConfig) },
      drawn: drawn.map(({ optimizer, ...configuration }, i) => ({
        trial: names[i] as string,
        ...configuration,
        optimizer: (optimizers[optimizer] as ModelOptimizer).kind.name,
      })),
    }),
  };
}

/** @throws InputError for an optimizer that finds its own rate */
function searchable(optimizer: ModelOptimizer): ModelOptimizer {
  const { name, rateFree } = optimizer.kind;
  if (!rateFree) return optimizer;
  throw new InputError(
    `search.optimizer must be optimizers that need a learning rate; got ${name}, which finds its own: compare it with the best trial of the search`,
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
  if (!Array.isArray(given)) return powersOfTwo(checkRange(given, what), what);
  return listOf(given, what).map((batchSize) => resolveOptions(CompareSettings, { batchSize }, () => what).batchSize);
}
