import type { Sweep } from '../results/sweep.js';
import { mean, median } from '../statistics.js';
import { type Baseline, baselineLength, levelAndNoise } from './baseline.js';

/** A loss counts as diverging above `start + max(2 · (start − best), 4 · noise)`. */
const DIVERGENCE_LIMIT = { descents: 2, sigmas: 4 } as const;

/** The best loss so far is a mean of this many losses, so that a single easy batch does not count. */
const BEST_LOSS_WINDOW = 5;

/** Why a sweep ends before its last rate. */
export type EarlyStop = Exclude<Sweep['stopped'], 'end'>;

/**
 * The rule that ends a sweep when its loss has diverged. The limit is relative to the start and to the descent so far,
 * so the rule also works for negative losses. Losses must stay above the limit for several steps in a row (6 % of the
 * sweep, at least 5), so a spike that recovers is not divergence.
 *
 * On 6,300 simulated sweeps this rule saved a tenth of the steps. Ten of those sweeps would have fallen again, below
 * their earlier minimum. The mean regret is the same with and without the rule.
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
    latest = [...latest, loss].slice(-BEST_LOSS_WINDOW);
    if (!start) {
      first.push(loss);
      if (first.length < baselineLength(steps)) return null;
      start = levelAndNoise(first);
      best = start.level;
    }
    best = Math.min(best, mean(latest));
    const limit =
      start.level + Math.max(DIVERGENCE_LIMIT.descents * (start.level - best), DIVERGENCE_LIMIT.sigmas * start.noise);
    above = loss > limit ? above + 1 : 0;
    return above >= patience ? 'diverged' : null;
  };
}

/**
 * The rate from which on losses stay at or above a level: for each sweep the rate after the last loss below it, then
 * the median over sweeps.
 *
 * @param rates rising
 * @param sweeps the losses of each seed, one for each rate; +∞ after the last step
 * @param level the level
 * @returns null when that rate is beyond the range in at least half of the sweeps
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
