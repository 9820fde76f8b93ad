import { InputError, notAllowed } from '@lrfind/core';
import {
  comparedCallback,
  defaultOptimizer,
  type LearningRateChoice,
  type ModelFile,
  optimizerNamed,
  type TrialOptions as Trial,
} from '@lrfind/finder';
import { compiledOptimizer, type ModelDatasets, optimizerFlag } from '../shared/encode-inputs.js';
import { flagName } from '../shared/flags.js';
import { rateFlag, scheduleFlag } from '../shared/learning-rate.js';
import type { TrialOptions } from './comparison-options.js';

/** A combination of what is compared. */
export interface Combination {
  /** Number of the model, from 0. */
  readonly model: number;
  /** Undefined: the model's own, or the default. */
  readonly optimizer: string | undefined;
  /** Undefined: the default. */
  readonly batchSize: number | undefined;
  readonly learningRate: LearningRateChoice;
  /** Text of a callback; undefined for none. */
  readonly callback: string | undefined;
}

/**
 * Every combination of models, optimizers, batch sizes and recipes. A recipe is a rate, a schedule, or a rate with a callback;
 * with no rate given, `find`.
 *
 * @throws InputError for a value that is no rate, schedule or callback of a comparison, and for a single combination
 */
export function combinations(
  models: number,
  { lr, schedule, callback = [], optimizer, batchSize }: TrialOptions,
): Combination[] {
  const rates = lr.length > 0 ? lr.map(rateFlag) : (['find'] as const);
  const plain = lr.length > 0 || schedule.length === 0 ? rates : [];
  for (const text of callback) comparedCallback(text, '--callback');
  const recipes: Pick<Combination, 'learningRate' | 'callback'>[] = [
    ...[...plain, ...schedule.map(scheduleFlag)].map((learningRate) => ({ learningRate, callback: undefined })),
    ...callback.flatMap((text) => rates.map((learningRate) => ({ learningRate, callback: text }))),
  ];
  const all = Array.from({ length: models }, (_, model) => model).flatMap((model) =>
    orDefault(optimizer).flatMap((name) =>
      orDefault(batchSize.map(singleBatchSize)).flatMap((rows) =>
        recipes.map((recipe) => ({ model, optimizer: name, batchSize: rows, ...recipe })),
      ),
    ),
  );
  if (all.length > 1) return all;
  throw new InputError(
    'compare needs at least two trials; got one: give several rates (--lr 0.1,0.01), schedules (--schedule), callbacks (--callback), optimizers (--optimizer), batch sizes (--batch-size) or models (--model)',
  );
}

/** @throws InputError for a range, which only a search draws from */
function singleBatchSize(batchSize: number | string): number {
  if (typeof batchSize === 'number') return batchSize;
  throw notAllowed('--batch-size', 'a whole number at least 1, unless --search draws from a range', batchSize);
}

function orDefault<Value>(values: readonly Value[]): readonly (Value | undefined)[] {
  return values.length > 0 ? values : [undefined];
}

/** A model with its datasets. */
export interface ComparedModel {
  readonly file: ModelFile;
  readonly datasets: ModelDatasets;
}

/**
 * The combinations as `compare` takes them. Each optimizer gets those of the parameters that it has.
 *
 * @param parameters of optimizers, from flags
 * @throws InputError for an unknown optimizer, and for a parameter that none of them has or that is out of range
 */
export function trialsOf(
  chosen: readonly Combination[],
  models: readonly ComparedModel[],
  parameters: Readonly<Record<string, unknown>>,
): Trial[] {
  const parametersOf = sharedOut(parameters);
  const trials = chosen.map(({ model, optimizer, batchSize, learningRate, callback }): Trial => {
    const { file, datasets } = models[model] as ComparedModel;
    return {
      learningRate,
      model: file.model,
      data: datasets.data,
      validation: datasets.validation,
      test: datasets.test,
      optimizer: optimizerFlag(optimizer, parametersOf.optimizer(optimizer, file), file),
      batchSize,
      callbacks: callback,
    };
  });
  parametersOf.refuseUnused();
  return trials;
}

/**
 * Parameters of optimizers, of which each gets those that it has.
 *
 * @param parameters from flags
 */
export function sharedOut(parameters: Readonly<Record<string, unknown>>) {
  const unused = new Set(Object.keys(parameters));
  return {
    /** Those that an optimizer has: the one of that name, else the model's own, or the default. */
    optimizer(given: string | undefined, file: ModelFile): Record<string, unknown> {
      const name = given ?? compiledOptimizer(file)?.name ?? defaultOptimizer;
      const declared = optimizerNamed(name)?.parameters.properties ?? parameters;
      const own = Object.fromEntries(Object.entries(parameters).filter(([parameter]) => parameter in declared));
      for (const parameter of Object.keys(own)) unused.delete(parameter);
      return own;
    },
    /** @throws InputError for a parameter that no optimizer got */
    refuseUnused(): void {
      const [none] = unused;
      if (none !== undefined)
        throw new InputError(`${flagName(none)} must be a parameter of one of the optimizers; none of them has it`);
    },
  };
}
