import { median, quantile, seededRandom } from '@lrfind/core';
import type { CriticalRate } from '@lrfind/core/results';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { type CriticalUpdate, criticalUpdate } from './critical-update.js';
import { yieldToEvents } from './readback.js';
import type { Session } from './session.js';
import { trainingBatches } from './sweeper.js';

/** What is measured. */
export interface CriticalRatesPlan {
  readonly batchSize: number;
  /** One for each measurement: of the initial weights, the batch and dropout. */
  readonly seeds: readonly number[];
  /** A rate near which the critical ones may lie. */
  readonly guess: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rows whose loss is measured, at most. A small batch's own loss falls far beyond the rates at which others' rises: on tasks with gradient
 * descent the rates of these rows lie closer to those at which trainings diverge (docs/method.md).
 */
const MOST_JUDGES = 512;

/**
 * The critical rate of the first update of a training, for each seed: the rate above which that update no longer lowers the loss of
 * the training rows, of which 512 at most are measured.
 *
 * @throws the signal's reason when it is aborted
 */
export async function criticalRates(
  session: Session,
  optimizer: ResolvedOptimizer,
  { batchSize, seeds, guess, signal }: CriticalRatesPlan,
): Promise<CriticalRate> {
  const clock = performance.now();
  const { model } = session;
  const { train } = session.data;
  const stride = Math.ceil(train.length / MOST_JUDGES);
  const judges = [train.filter((_, i) => i % stride === 0)];
  const step = session.step(optimizer, { metrics: [], rescaleVelocity: true, calls: 3 * seeds.length });
  const found: CriticalUpdate[] = [];
  try {
    for (const seed of seeds) {
      await session.reset(seed);
      step.reset(seed);
      const stream = trainingBatches(session, batchSize, seed);
      const batches = Array.from({ length: step.batchesPerUpdate }, () => stream.next().value as Int32Array);
      found.push(
        await criticalUpdate({ model, step, random: () => seededRandom(seed, 'dropout'), batches, judges, guess }),
      );
      await yieldToEvents(signal);
    }
  } finally {
    step.dispose();
  }
  const isLinear = found.every((each) => each.isLinear);
  const rates = isLinear ? found.map(({ rate }) => rate) : found.map(() => null);
  return {
    ...overSeeds(rates, isLinear),
    seeds: found.map(({ passes }, i) => ({ seed: seeds[i] as number, rate: rates[i] ?? null, passes })),
    seconds: (performance.now() - clock) / 1000,
  };
}

/** Median and quartiles, or why there are none. */
function overSeeds(
  rates: readonly (number | null)[],
  isLinear: boolean,
): Pick<CriticalRate, 'rate' | 'low' | 'high' | 'reason'> {
  const known = rates.filter((rate) => rate !== null);
  if (known.length * 2 > rates.length)
    return { rate: median(known), low: quantile(known, 0.25), high: quantile(known, 0.75), reason: null };
  const reason = isLinear
    ? 'the loss does not fall and rise again along the update'
    : 'the update does not grow in proportion to the rate, because of the optimizer or a constraint';
  return { rate: null, low: null, high: null, reason };
}
