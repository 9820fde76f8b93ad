import type { SweepResult } from '../results/sweep.js';
import type { Descent } from './descent.js';

/** Share of the descent at which the loss has visibly begun to fall. */
const BEGUN_DESCENT = 0.1;

/** Decades kept between the upper end and the divergence rate. */
const CLEARANCE_DECADES = 0.5;

/**
 * Rates between which a cyclical or one-cycle schedule may move: from where the loss begins to fall to the bottom of the
 * curve, clear of divergence and never below the suggestion.
 *
 * @returns null when there is no descent or no suggestion
 */
export function usableRange(
  rates: readonly number[],
  descent: Descent,
  suggested: number | null,
): SweepResult['range'] {
  if (descent.flat || suggested === null) return null;
  const low = Math.min(descent.crossing(BEGUN_DESCENT), suggested);
  const bottom = rates[descent.bottom] as number;
  const clear =
    descent.divergenceRate === null ? bottom : Math.min(bottom, descent.divergenceRate / 10 ** CLEARANCE_DECADES);
  const high = Math.max(clear, suggested);
  return high > low ? { low, high } : null;
}
