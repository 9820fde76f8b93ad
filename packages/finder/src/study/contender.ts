import type { Recipe } from '@lrfind/core/results';
import type { ComparedModel } from './compared-model.js';
import { type Length, evaluationSteps, rateHistory } from '@lrfind/core/study';
import type { PlannedRun } from './plan-trials.js';
import type { ResolvedRate } from './resolve-rate.js';

/** A run that is compared with others, ready to be trained. */
export interface Contender extends PlannedRun, ResolvedRate {
  /** Steps after which it is measured. */
  readonly points: readonly number[];
}

/** Steps after which a run is measured: more, the smaller its batches. */
export function pointsOf({ rows }: ComparedModel, batchSize: number, length: Length): number[] {
  return evaluationSteps(length, Math.ceil(rows.train.length / batchSize));
}

/** How a contender is trained, for the document. */
export function recipeOf({ text, found, optimizer, batchSize, schedule, points }: Contender): Recipe {
  const rates = Array.from({ length: points.at(-1) as number }, (_, step) => schedule(step));
  return {
    learningRate: text,
    found,
    optimizer: { name: optimizer.kind.name, ...optimizer.parameters },
    batchSize,
    rates: rateHistory(rates),
  };
}
