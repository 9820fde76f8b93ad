import { roundToFloat32 } from '../float32.js';
import type { Suggestion } from '../results/sweep.js';

/**
 * Decades added on both sides of the jackknife's spread. The spread alone is too narrow, because most of the error comes from
 * the method, not from noise. docs/method.md says how often the interval contained the best constant rate.
 */
const INTERVAL_MARGIN_DECADES = 0.65;

/**
 * The interval and verdict of a suggestion, by jackknife: from the suggestions without each sweep in turn.
 *
 * @param rate the suggestion
 * @param others the suggestions without each sweep; empty for fewer than three sweeps, when the spread is unknown
 * @param signal the descent, in standard deviations of a point of the curve
 * @param doubtful whether the range of rates begins or ends within the descent, or has too few rates in a decade, or too many
 * @param limits the first and last rate of the sweep
 * @returns the interval, and the verdict `fair` or `unsure`. However well sweeps agree, they say nothing of what happens in a
 *   longer training; so only an answer that was tried can be `sure`
 */
export function confidence(
  rate: number,
  others: readonly number[],
  signal: number,
  doubtful: boolean,
  limits: readonly [number, number],
): Pick<Suggestion, 'low' | 'high' | 'verdict'> {
  const least = Math.min(rate, ...others);
  const most = Math.max(rate, ...others);
  const spread = others.length > 0 ? Math.log10(Math.max(...others) / Math.min(...others)) : Number.NaN;
  const unsure = signal < 10 || spread > 0.4 || doubtful;
  return {
    low: Math.max(roundToFloat32(least / 10 ** INTERVAL_MARGIN_DECADES), limits[0]),
    high: Math.min(roundToFloat32(most * 10 ** INTERVAL_MARGIN_DECADES), limits[1]),
    verdict: unsure ? 'unsure' : 'fair',
  };
}
