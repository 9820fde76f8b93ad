import type { SuggestionMethod } from './method.js';

/** The landmark: so far down the descent. */
const DOWN = 0.75;

/** Decades from the landmark to the best constant rate, were there no lag. */
const REACH = 0.35;

/** By so many steps a sweep runs late, when the optimizer averages or instability has to grow. */
const LAG = 6;

/** When there is no descent: decades kept from where the loss is gone for good, a cliff alone or a slow rise. */
const CLIFF = 1;
const RISE = 1.5;

/**
 * Our own method: a fixed distance beyond the point where three quarters of the descent are done, less the lag of the
 * sweep. The landmark stands where the curve is steep, so noise moves it little; the bottom, which noise moves most, is
 * used for its height alone. A sweep shows a rate's effect some steps late when the optimizer averages gradients, or when
 * the loss has no bound and an instability must first grow.
 *
 * The numbers were chosen on 126 simulated tasks (nine optimizers, eight losses), where they lie on a plateau. How far
 * that can be trusted elsewhere: docs/method.md, "Evidence".
 */
export const descent: SuggestionMethod = {
  name: 'descent',
  summary: 'beyond three quarters of the descent, less the lag of the sweep',
  suggest(_, { rates, descent: { flat, unbounded, gone, crossing }, averages }) {
    const [first, last] = [rates[0] as number, rates.at(-1) as number];
    const within = (rate: number) => Math.min(Math.max(rate, first), last);
    if (flat) {
      if (gone === null) return null;
      return within(unbounded && !averages ? gone / 10 ** CLIFF : Math.min(Math.sqrt(first * last), gone / 10 ** RISE));
    }
    const landmark = crossing(DOWN);
    const late = averages || unbounded ? stepFactor(rates, landmark) ** LAG : 1;
    return within((landmark * 10 ** REACH) / late);
  },
};

/** The factor between neighbouring rates at a rate. */
function stepFactor(rates: readonly number[], rate: number): number {
  const after = rates.findIndex((value) => value >= rate);
  const i = Math.max(1, after);
  return (rates[i] as number) / (rates[i - 1] as number);
}
