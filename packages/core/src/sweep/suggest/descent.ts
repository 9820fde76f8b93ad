import type { SuggestionMethod } from './method.js';

/** The landmark: where this share of the descent is done. */
const LANDMARK_DESCENT = 0.75;

/** Decades from the landmark to the best constant rate, without lag. */
const LANDMARK_OFFSET_DECADES = 0.35;

/** Steps by which a sweep runs late when the optimizer averages gradients, or while an instability grows. */
const LAG_STEPS = 6;

/** Decades kept below the divergence rate when there is no descent: for a sudden divergence, and for a slow rise. */
const CLIFF_DECADES = 1;
const RISE_DECADES = 1.5;

/**
 * lrfind's own method: a fixed distance beyond the point where three quarters of the descent are done, less the lag of
 * the sweep. The landmark stands where the curve is steep, so noise moves it little. Noise moves the bottom most, so only
 * its height is used. A sweep shows a rate's effect some steps late when the optimizer averages gradients, or when the
 * loss is unbounded and an instability must first grow.
 *
 * The constants were chosen on 126 simulated tasks (nine optimizers, eight losses), where they lie on a plateau.
 * docs/method.md, "Evidence", says how far to trust them elsewhere.
 */
export const descent: SuggestionMethod = {
  name: 'descent',
  summary: 'beyond three quarters of the descent, less the lag of the sweep',
  suggest(_, { rates, descent: { flat, unbounded, divergenceRate, crossing }, averaging }) {
    const [first, last] = [rates[0] as number, rates.at(-1) as number];
    const within = (rate: number) => Math.min(Math.max(rate, first), last);
    if (flat) {
      if (divergenceRate === null) return null;
      return within(
        unbounded && !averaging
          ? divergenceRate / 10 ** CLIFF_DECADES
          : Math.min(Math.sqrt(first * last), divergenceRate / 10 ** RISE_DECADES),
      );
    }
    const landmark = crossing(LANDMARK_DESCENT);
    const late = averaging || unbounded ? stepFactor(rates, landmark) ** LAG_STEPS : 1;
    return within((landmark * 10 ** LANDMARK_OFFSET_DECADES) / late);
  },
};

/** The factor between the rates on both sides of a rate. */
function stepFactor(rates: readonly number[], rate: number): number {
  const after = rates.findIndex((value) => value >= rate);
  const i = Math.max(1, after);
  return (rates[i] as number) / (rates[i - 1] as number);
}
