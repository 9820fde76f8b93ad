import { InputError } from '@lrfind/core';
import {
  defaultOptimizer,
  type LearningRateChoice,
  type ModelFile,
  optimizerNamed,
  type TrialOptions as Trial,
} from '@lrfind/finder';
import { flagName } from '../shared/flags.js';
import { type ModelDatasets, optimizerFlag } from '../shared/inputs.js';
import { rateFlag, scheduleFlag } from '../shared/learning-rate.js';
import type { TrialOptions } from './options.js';

/** A combination of what is compared. */
export interface Combination {
  /** Number of the model, from 0. */
  readonly model: number;
  /** Undefined: the model's own, or the default. */
  readonly optimizer: string | undefined;
  /** Undefined: the default. */
  readonly batchSize: number | undefined;
  readonly learningRate: LearningRateChoice;
}

/**
 * Every combination of models, optimizers, batch sizes and learning rates; with no rate given, `find`.
 *
 * @throws InputError for a value that is no rate or schedule, and for a single combination
 */
export function combinations(models: number, { lr, schedule, optimizer, batchSize }: TrialOptions): Combination[] {
  const given: LearningRateChoice[] = [...lr.map(rateFlag), ...schedule.map(scheduleFlag)];
  const rates = given.length > 0 ? given : (['find'] as const);
  const all = Array.from({ length: models }, (_, model) => model).flatMap((model) =>
    orDefault(optimizer).flatMap((name) =>
      orDefault(batchSize).flatMap((rows) =>
        rates.map((learningRate) => ({ model, optimizer: name, batchSize: rows, learningRate })),
      ),
    ),
  );
  if (all.length > 1) return all;
  throw new InputError(
    'compare needs at least two trials; got one: give several rates (--lr 0.1,0.01), schedules (--schedule), optimizers (--optimizer), batch sizes (--batch-size) or models (--model)',
  );
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
  const unused = new Set(Object.keys(parameters));
  const trials = chosen.map(({ model, optimizer, batchSize, learningRate }): Trial => {
    const { file, datasets } = models[model] as ComparedModel;
    const name = optimizer ?? optimizerFlag(undefined, {}, file)?.kind.name ?? defaultOptimizer;
    const declared = optimizerNamed(name)?.parameters.properties ?? parameters;
    const own = Object.fromEntries(Object.entries(parameters).filter(([parameter]) => parameter in declared));
    for (const parameter of Object.keys(own)) unused.delete(parameter);
    return {
      learningRate,
      model: file.model,
      data: datasets.data,
      validation: datasets.validation,
      optimizer: optimizerFlag(optimizer, own, file),
      batchSize,
    };
  });
  const [none] = unused;
  if (none !== undefined)
    throw new InputError(`${flagName(none)} must be a parameter of one of the optimizers; none of them has it`);
  return trials;
}
