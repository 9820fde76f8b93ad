import { median } from '../statistics.js';
import { type CombinedCurve, SMOOTHING_DECADES } from './combined-curve.js';
import { averagedPoints } from './smooth.js';

/**
 * A smaller descent, in standard deviations of a point of the curve, may be chance where no rise follows: of searches that were
 * nothing but noise, normal or exponential, at most 3 in 200 fell further.
 */
const CHANCE_SIGMAS = 6;

/** The last losses of a sweep that diverges, of which at least half lie this many standard deviations of a loss above the start. */
const RISEN = { losses: 5, sigmas: 4 } as const;

/** Second differences of independent values have this many times their variance. */
const SECOND_DIFFERENCE_VARIANCE = 6;

/** Median of the absolute value of a normal variable with standard deviation 1. */
const NORMAL_MEDIAN = 0.6745;

/**
 * Whether a descent may be chance, the lowest of many points of noise. The noise is that of whole sweeps: the few losses of
 * the baseline may lie close together by chance too.
 *
 * @param drop start level minus the lowest point
 */
export function mayBeChance({ rates, start, padded }: CombinedCurve, drop: number): boolean {
  const noise = median(padded.map(scatter));
  if (drop > (CHANCE_SIGMAS * noise) / Math.sqrt(averagedPoints(rates, SMOOTHING_DECADES) * padded.length))
    return false;
  const ends = padded.map((losses) => median(losses.slice(-RISEN.losses)));
  return !(median(ends) > start + RISEN.sigmas * noise);
}

/** The standard deviation of losses around a smooth curve; robust, so that an explosion does not count. */
function scatter(losses: readonly number[]): number {
  const finite = losses.filter(Number.isFinite);
  const bends = finite
    .slice(2)
    .map((loss, i) => Math.abs(loss - 2 * (finite[i + 1] as number) + (finite[i] as number)));
  return bends.length === 0 ? 0 : median(bends) / NORMAL_MEDIAN / Math.sqrt(SECOND_DIFFERENCE_VARIANCE);
}
