import type { Run } from '../result.js';
import type { Descent } from './descent.js';

/** So far down the loss has visibly begun to fall. */
const BEGUN = 0.1;

/** Decades kept between the upper end and where the loss is gone for good. */
const CLEARANCE = 0.5;

/**
 * Rates between which a cyclical or one-cycle schedule may move: from where the loss begins to fall to the bottom of the
 * curve, kept clear of divergence and never below the suggestion.
 *
 * @returns null when there is no descent or no suggestion
 */
export function usableRange(rates: readonly number[], descent: Descent, suggested: number | null): Run['range'] {
  if (descent.flat || suggested === null) return null;
  const low = Math.min(descent.crossing(BEGUN), suggested);
  const bottom = rates[descent.bottom] as number;
  const clear = descent.gone === null ? bottom : Math.min(bottom, descent.gone / 10 ** CLEARANCE);
  const high = Math.max(clear, suggested);
  return high > low ? { low, high } : null;
}
