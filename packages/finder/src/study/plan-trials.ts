import type { Optimizer } from '@tensorflow/tfjs-core';
import { trialNames, CompareSettings } from '@lrfind/core/study';
import { InputError, nearest, resolveOptions } from '@lrfind/core';
import type { OptimizerSpec, ResolvedOptimizer } from '../optimizers/registry.js';
import { resolveModelOptimizer } from '../optimizers/model-optimizer.js';
import { optimizerText } from '../optimizers/optimizer-text.js';
import type { ComparedModel } from './compared-model.js';
import { type LearningRateChoice, scheduleOf } from './resolve-rate.js';
import type { TrialOptions } from './trial-options.js';

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

/** All that a run may say. */
const said = [
  'learningRate',
  'optimizer',
  'batchSize',
  'model',
  'data',
  'validation',
  'name',
] satisfies (keyof TrialOptions)[];

/**
 * Checks that runs say nothing that would go unheard.
 *
 * @throws InputError for what is no run, and for an option that runs do not have
 */
export function checkRuns(runs: readonly unknown[]): void {
  for (const [i, run] of runs.entries()) {
    if (typeof run !== 'object' || run === null)
      throw new InputError(`runs[${i}] must be an object such as { learningRate: 0.01 }; got ${JSON.stringify(run)}`);
    const unknown = Object.keys(run).find((option) => !(said as string[]).includes(option));
    if (unknown === undefined) continue;
    const guess = nearest(unknown, said);
    throw new InputError(
      `runs[${i}]: unknown option ${unknown}${guess ? `; did you mean ${guess}?` : '.'} Options: ${said.join(', ')}`,
    );
  }
}

/**
 * Makes the runs of a comparison ready and names them.
 *
 * @param models one for each run
 * @throws InputError for an unknown optimizer or schedule, a batch size that is none, and two runs of one name
 */
export function planRuns(
  runs: readonly TrialOptions[],
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
  const names = trialNames(
    parts,
    runs.map(({ name }) => name),
  );
  return plans.map((plan, i) => ({ name: names[i] as string, ...plan }));
}

/** What a rate or schedule is called among the names of runs. */
function rateName(learningRate: LearningRateChoice): string {
  if (learningRate === 'find') return 'found rate';
  const { schedule, text } = scheduleOf(learningRate);
  // Four digits tell rates apart that somebody wrote; one that was computed has sixteen.
  return schedule.config?.name === 'constant' ? `lr ${Number(Number(text).toPrecision(4))}` : text;
}
