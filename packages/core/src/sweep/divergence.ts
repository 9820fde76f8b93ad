import type { Sweep } from '../results/sweep.js';
import { mean, median } from '../statistics.js';
import { type Baseline, baselineLength, levelAndNoise } from './baseline.js';

/** A loss above this limit counts as diverging: `start + max(2 · (start − best), 4 · noise)`. */
const LIMIT = { descents: 2, noises: 4 } as const;

/** The best loss so far is a mean of this many losses, so that one lucky batch does not count as the bottom. */
const BEST_WINDOW = 5;

/** Why a sweep ends early. */
export type EarlyStop = Exclude<Sweep['stopped'], 'end'>;

/**
 * The rule that ends one sweep when its loss has diverged. The limit is relative to the start and to the descent so far,
 * so it holds for negative and shifted losses. The losses must stay above it for several steps in a row (a sixteenth of
 * the sweep, at least 5), so a spike that recovers is not divergence.
 *
 * On 6,300 simulated sweeps this rule saved a tenth of the steps; 10 of the sweeps would have come down again, lower
 * than before. The mean regret is the same with and without it.
 *
 * @param steps number of rates in the sweep
 * @returns a function to call with each loss (null for not finite); it returns why to stop, or null to continue
 */
export function divergenceRule(steps: number): (loss: number | null) => EarlyStop | null {
  const patience = Math.max(5, Math.round(0.06 * steps));
  const first: number[] = [];
  let start: Baseline | null = null;
  let best = Number.POSITIVE_INFINITY;
  let latest: number[] = [];
  let above = 0;
  return (loss) => {
    if (loss === null) return 'not-finite';
    latest = [...latest, loss].slice(-BEST_WINDOW);
    if (!start) {
      first.push(loss);
      if (first.length < baselineLength(steps)) return null;
      start = levelAndNoise(first);
      best = start.level;
    }
    best = Math.min(best, mean(latest));
    const limit = start.level + Math.max(LIMIT.descents * (start.level - best), LIMIT.noises * start.noise);
    above = loss > limit ? above + 1 : 0;
    return above >= patience ? 'diverged' : null;
  };
}

/**
 * The rate from which on the losses of all sweeps stay at or above a level: for each sweep the rate after the last loss
 * below it, then the median over sweeps.
 *
 * @param rates rising
 * @param sweeps the losses of each seed, one for each rate; +∞ after the last step
 * @returns null when the losses do not stay above the level within the range
 */
export function divergenceRate(
  rates: readonly number[],
  sweeps: readonly (readonly number[])[],
  level: number,
): number | null {
  const logs = sweeps.map((losses) => {
    const after = losses.findLastIndex((loss) => loss < level) + 1;
    return after < rates.length ? Math.log10(rates[after] as number) : Number.POSITIVE_INFINITY;
  });
  const middle = median(logs);
  return Number.isFinite(middle) ? 10 ** middle : null;
}
