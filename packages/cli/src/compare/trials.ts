import { InputError } from '@lrfind/core';
import { optimizerNamed, type TrialOptions, type ModelFile } from '@lrfind/finder';
import type { EncodedTables } from '../shared/inputs/tables.js';
import { modelOptimizer } from '../shared/inputs/model-optimizer.js';
import { flagName } from '../shared/flags.js';
import type { Combination } from './combinations.js';

/** A model with its tables. */
export interface ModelTables {
  readonly file: ModelFile;
  readonly tables: EncodedTables;
}

/**
 * The combinations as the library takes them. An optimizer is given those of the parameters that it has.
 *
 * @param parameters of optimizers, as flags gave them
 * @throws InputError for an unknown optimizer, and for a parameter that none of the optimizers has or that is out of range
 */
export function runSpecs(runs: readonly Combination[], models: readonly ModelTables[], parameters: object): TrialOptions[] {
  const unused = new Set(Object.keys(parameters));
  const specs = runs.map(({ model, optimizer, batchSize, learningRate }): TrialOptions => {
    const { file, tables } = models[model] as ModelTables;
    const name = optimizer ?? (modelOptimizer(undefined, {}, file) as { name: string } | undefined)?.name ?? 'adam';
    const takes = optimizerNamed(name)?.parameters.properties ?? parameters;
    const own = Object.fromEntries(Object.entries(parameters).filter(([parameter]) => parameter in takes));
    for (const parameter of Object.keys(own)) unused.delete(parameter);
    const spec = modelOptimizer(optimizer, own, file);
    return {
      learningRate,
      model: file.model,
      data: tables.data,
      ...(tables.validation && { validation: tables.validation }),
      ...(spec && { optimizer: spec }),
      ...(batchSize !== undefined && { batchSize }),
    };
  });
  const [none] = unused;
  if (none) throw new InputError(`${flagName(none)}: none of the optimizers has this parameter`);
  return specs;
}
