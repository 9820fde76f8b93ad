import type { LossOption } from '../losses/resolve.js';
import { findRate } from './find-rate.js';
import type { Journal, JournalEntry } from '@lrfind/core/study';
import type { PlannedRun } from './plan-trials.js';
import { type FoundRate, type ResolvedRate, resolveRate } from './resolve-rate.js';

/** How rates are found. */
export interface RateSearch {
  readonly loss: LossOption | undefined;
  readonly initialWeights: 'given' | 'drawn';
  readonly seed: number;
  readonly noted: readonly JournalEntry[];
  readonly journal: Journal | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The learning rates of planned runs; a sweep for each model, optimizer and batch size whose rate is to be found, over the training rows
 * alone.
 *
 * @throws InputError when a sweep has no suggestion
 */
export async function findRates(runs: readonly PlannedRun[], search: RateSearch): Promise<ResolvedRate[]> {
  const models = [...new Set(runs.map(({ compared }) => compared))];
  const known = new Map<string, FoundRate>(
    search.noted.flatMap((entry) =>
      entry.kind === 'found' ? [[entry.key, { suggestion: entry.found, reason: null }]] : [],
    ),
  );
  const rates: ResolvedRate[] = [];
  for (const run of runs) {
    const { compared, optimizer, batchSize } = run;
    const spec = { ...optimizer.parameters, name: optimizer.kind.name };
    const key = JSON.stringify([models.indexOf(compared), spec, batchSize]);
    const rate = await resolveRate(run.learningRate, async () => {
      const { model, rows } = compared;
      const { loss, initialWeights, seed, signal } = search;
      const question = { model, rows, optimizer: spec, batchSize, loss, initialWeights, seed, signal };
      const found = known.get(key) ?? (await findRate(question));
      if (!known.has(key) && found.suggestion) {
        const { learningRate, low, high, verdict } = found.suggestion;
        await search.journal?.add({ kind: 'found', key, found: { learningRate, low, high, verdict } });
      }
      known.set(key, found);
      return found;
    });
    rates.push(rate);
  }
  return rates;
}
