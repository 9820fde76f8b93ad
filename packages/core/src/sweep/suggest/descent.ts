import { mean } from '../../statistics.js';
import type { SuggestionMethod } from './method.js';

/**
 * The landmark is the mean of the rates, in logarithms, at which these shares of the descent are done. One rate alone would
 * move twice as far from seed to seed, because the curve is level at some shares and noise then moves the crossing far.
 */
const LANDMARK_SHARES = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1];

/** How far the answer goes from the landmark towards the optimizer's usual rate, and at most, in decades. */
const TOWARDS_USUAL = { share: 0.5, most: 0.4 } as const;

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
 * lrfind's own method: a fixed distance beyond the second half of the descent, minus the lag of the sweep. A sweep shows the
 * effect of a rate some steps late when the optimizer averages gradients, or when the loss is unbounded and an instability
 * grows first.
 *
 * A sweep of a few hundred steps says only so much about a training of thousands. Optimizers such as Adam take steps whose
 * length depends on the rate alone, so that similar rates suit most models. For them the answer is half-way, in logarithms,
 * between what the sweep shows and that usual rate, but within 0.4 decades of the former.
 *
 * docs/method.md, "Evidence", says on which tasks the constants were chosen, and how far to trust them elsewhere.
 */
export const descent: SuggestionMethod = {
  name: 'descent',
  summary: 'beyond the second half of the descent, less the lag of the sweep',
  suggest(_, { rates, descent: { flat, unbounded, divergenceRate, crossing }, averaging, usualRate }) {
    const [first, last] = [rates[0] as number, rates.at(-1) as number];
    if (flat) {
      if (divergenceRate === null) return null;
      if (unbounded && !averaging) return divergenceRate / 10 ** BELOW_SUDDEN_DIVERGENCE_DECADES;
      const middle = Math.max(Math.sqrt(first * last), divergenceRate / 10 ** MOST_BELOW_DIVERGENCE_DECADES);
      return Math.min(middle, divergenceRate / 10 ** BELOW_SLOW_DIVERGENCE_DECADES);
    }
    const landmark = 10 ** mean(LANDMARK_SHARES.map((share) => Math.log10(crossing(share))));
    const lag = averaging || unbounded ? stepFactor(rates, landmark) ** LAG_STEPS : 1;
    const read = Math.max((landmark * 10 ** LANDMARK_OFFSET_DECADES) / lag, crossing(ONSET_DESCENT));
    return usualRate === undefined ? read : read * 10 ** towards(Math.log10(usualRate / read));
  },
};

function towards(decades: number): number {
  const { share, most } = TOWARDS_USUAL;
  return Math.max(-most, Math.min(most, share * decades));
}

/** The factor between neighbouring rates around a rate. */
function stepFactor(rates: readonly number[], rate: number): number {
  const after = rates.findIndex((value) => value >= rate);
  const i = Math.max(1, after);
  return (rates[i] as number) / (rates[i - 1] as number);
}
