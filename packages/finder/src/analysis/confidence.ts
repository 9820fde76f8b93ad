import type { Suggestion } from '../result.js';

/**
 * Decades added on both sides of what leaving out one seed shows. With them the best constant rate lay inside in 7 of 10
 * simulated tasks, and some rate with a regret of at most 0.05 in 98 of 100: the spread of the seeds alone is too narrow,
 * since most of the error is the method's and not the noise's.
 */
const MARGIN = 0.5;

/**
 * How sure an answer is, by jackknife: what the answer would have been without each seed in turn.
 *
 * @param rate the answer
 * @param others the answers without each seed; empty for fewer than three seeds, when nothing is known of the spread
 * @param signal the descent in standard deviations of the curve
 * @param cut whether the range began after the descent or ended before it
 * @param limits the first and last rate of the sweep
 * @returns the interval, and `sure`, `fair` or `unsure`: over 208 simulated tasks their mean regrets were 0.015, 0.03 and 0.11
 */
export function confidence(
  rate: number,
  others: readonly number[],
  signal: number,
  cut: boolean,
  limits: readonly [number, number],
): Pick<Suggestion, 'low' | 'high' | 'verdict'> {
  const least = Math.min(rate, ...others);
  const most = Math.max(rate, ...others);
  const spread = others.length > 0 ? Math.log10(Math.max(...others) / Math.min(...others)) : Number.NaN;
  const unsure = signal < 10 || spread > 0.4 || cut;
  const sure = !unsure && signal >= 25 && spread <= 0.2;
  return {
    low: Math.max(least / 10 ** MARGIN, limits[0]),
    high: Math.min(most * 10 ** MARGIN, limits[1]),
    verdict: unsure ? 'unsure' : sure ? 'sure' : 'fair',
  };
}
