import type { Optimizer } from '@tensorflow/tfjs-core';
import { runNames } from '../comparison/run-names.js';
import type { OptimizerSpec, ResolvedOptimizer } from '../optimizers/index.js';
import { resolveModelOptimizer } from '../optimizers/model-optimizer.js';
import { optimizerText } from '../optimizers/optimizer-text.js';
import { resolveOptions } from '../options.js';
import { CompareSettings } from '../training-options.js';
import type { ComparedModel } from './compared-model.js';
import { type LearningRateChoice, scheduleOf } from './resolve-rate.js';
import type { RunSpec } from './run-spec.js';

/** A run whose model, optimizer and batches are known, and whose rate may still have to be found. */
export interface PlannedRun {
  readonly name: string;
  readonly compared: ComparedModel;
  readonly optimizer: ResolvedOptimizer & { readonly notes: readonly string[] };
  readonly batchSize: number;
  readonly learningRate: LearningRateChoice;
}

/** What runs take that say nothing of their own. */
export interface RunDefaults {
  readonly optimizer?: OptimizerSpec | Optimizer | undefined;
  readonly batchSize: number;
}

/** What a rate or schedule is called among the names of runs. */
function rateName(learningRate: LearningRateChoice): string {
  if (learningRate === 'find') return 'found rate';
  const { schedule, text } = scheduleOf(learningRate);
  return schedule.config?.name === 'constant' ? `lr ${text}` : text;
}

/**
 * Checks the runs of a comparison and names them.
 *
 * @param models one for each run
 * @throws InputError for an unknown optimizer or schedule, a batch size that is none, and two runs of one name
 */
export function planRuns(
  runs: readonly RunSpec[],
  models: readonly ComparedModel[],
  defaults: RunDefaults,
): PlannedRun[] {
  const plans = runs.map((run, i) => {
    const compared = models[i] as ComparedModel;
    const { batchSize } = resolveOptions(CompareSettings, { batchSize: run.batchSize ?? defaults.batchSize });
    const optimizer = resolveModelOptimizer(run.optimizer ?? defaults.optimizer, compared.model);
    const { learningRate } = run;
    return { compared, optimizer, batchSize, learningRate };
  });
  const parts = plans.map(({ compared, optimizer, batchSize, learningRate }) => ({
    model: compared.model.name,
    optimizer: optimizerText(optimizer),
    learningRate: rateName(learningRate),
    batchSize: `batch ${batchSize}`,
  }));
  const names = runNames(
    parts,
    runs.map(({ name }) => name),
  );
  return plans.map((plan, i) => ({ name: names[i] as string, ...plan }));
}
