import { roundToFloat32 } from '../float32.js';
import type { SweepResult } from '../results/sweep.js';
import type { Descent } from './descent.js';

/** The range begins where this share of the descent is done. */
const RANGE_START_DESCENT = 0.1;

/** Decades between the upper end and the divergence rate, at least. */
const CLEARANCE_DECADES = 0.5;

/**
 * The rates between which a cyclical or one-cycle schedule may move: from where the loss begins to fall to the bottom
 * of the curve, at a distance from divergence. The range includes the suggestion.
 *
 * @param rates of the whole sweep, rising
 * @param descent of the combined curve
 * @param suggested the suggested rate
 *
 * @returns null when there is no descent or no suggestion
 */
export function usableRange(
  rates: readonly number[],
  descent: Descent,
  suggested: number | null,
): SweepResult['range'] {
  if (descent.flat || suggested === null) return null;
  const low = Math.min(roundToFloat32(descent.crossing(RANGE_START_DESCENT)), suggested);
  const bottom = rates[descent.bottom] as number;
  const clear =
    descent.divergenceRate === null ? bottom : Math.min(bottom, descent.divergenceRate / 10 ** CLEARANCE_DECADES);
  const high = Math.max(roundToFloat32(clear), suggested);
  return high > low ? { low, high } : null;
}
