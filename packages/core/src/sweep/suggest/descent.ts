import { LANDMARK_DESCENT } from '../descent.js';
import type { SuggestionMethod } from './method.js';

/** Decades from the landmark to the best constant rate, before the lag is subtracted. */
const LANDMARK_OFFSET_DECADES = 0.35;

/** Steps after which a rate shows its effect when the optimizer averages gradients, or while an instability grows. */
const LAG_STEPS = 6;

/**
 * The lag leads no further back than to where this share of the descent is done: lower rates have not changed the loss. It leads
 * there only with fewer than about 6 steps in a decade, where a few steps are many decades.
 */
const ONSET_DESCENT = 0.1;

/** Without a descent, the suggestion is this many decades below the rate of a sudden divergence. */
const BELOW_SUDDEN_DIVERGENCE_DECADES = 1;

/** Without a descent, the suggestion is at least this many decades below the rate from which the loss rises slowly. */
const BELOW_SLOW_DIVERGENCE_DECADES = 1.5;

/** Without a descent, a wide range puts the suggestion at most this far below the divergence; the default one is no wider. */
const MOST_BELOW_DIVERGENCE_DECADES = 4.5;

/**
 * lrfind's own method: a fixed distance beyond the point where three quarters of the descent are done, minus the lag of
 * the sweep. The curve is steep at that point, so noise moves it little. Noise moves the bottom most, so the method
 * uses only its height. A sweep shows the effect of a rate some steps late when the optimizer averages gradients, or
 * when the loss is unbounded and an instability grows first.
 *
 * The constants were chosen on 126 simulated tasks (nine optimizers, eight losses). Nearby values did equally well.
 * docs/method.md, "Evidence", describes how far to trust them elsewhere.
 */
export const descent: SuggestionMethod = {
  name: 'descent',
  summary: 'beyond three quarters of the descent, less the lag of the sweep',
  suggest(_, { rates, descent: { flat, unbounded, divergenceRate, crossing }, averaging }) {
    const [first, last] = [rates[0] as number, rates.at(-1) as number];
    if (flat) {
      if (divergenceRate === null) return null;
      if (unbounded && !averaging) return divergenceRate / 10 ** BELOW_SUDDEN_DIVERGENCE_DECADES;
      const middle = Math.max(Math.sqrt(first * last), divergenceRate / 10 ** MOST_BELOW_DIVERGENCE_DECADES);
      return Math.min(middle, divergenceRate / 10 ** BELOW_SLOW_DIVERGENCE_DECADES);
    }
    const landmark = crossing(LANDMARK_DESCENT);
    const lag = averaging || unbounded ? stepFactor(rates, landmark) ** LAG_STEPS : 1;
    return Math.max((landmark * 10 ** LANDMARK_OFFSET_DECADES) / lag, crossing(ONSET_DESCENT));
  },
};

/** The factor between neighbouring rates around a rate. */
function stepFactor(rates: readonly number[], rate: number): number {
  const after = rates.findIndex((value) => value >= rate);
  const i = Math.max(1, after);
  return (rates[i] as number) / (rates[i - 1] as number);
}
