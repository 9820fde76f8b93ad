import type { RatePoint } from '../results/training.js';

/** A chart cannot show more points. */
const MAX_POINTS = 1000;

/**
 * The learning rates of a training as its result stores them: the first and last step of every part on which the rate
 * is constant. If these are more than 1,000 steps, it is 1,000 steps, evenly spread.
 *
 * @param rates the rate of every step, from step 0
 */
export function rateHistory(rates: readonly number[]): RatePoint[] {
  const corners = rates
    .map((rate, step) => ({ step, rate }))
    .filter(({ step, rate }) => rate !== rates[step - 1] || rate !== rates[step + 1]);
  if (corners.length <= MAX_POINTS) return corners;
  const last = rates.length - 1;
  return Array.from({ length: MAX_POINTS }, (_, i) => Math.round((i * last) / (MAX_POINTS - 1))).map((step) => ({
    step,
    rate: rates[step] as number,
  }));
}
