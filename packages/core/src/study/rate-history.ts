import type { RatePoint } from '../results/training.js';

/** More points than this are finer than a chart can show. */
const MOST_POINTS = 1000;

/**
 * The learning rates of a training as its document stores them: both ends of every stretch on which the rate stays the
 * same. Where these are more than 1,000, it stores 1,000 steps, evenly spread.
 *
 * @param rates the rate of every step, from step 0
 */
export function rateHistory(rates: readonly number[]): RatePoint[] {
  const corners = rates
    .map((rate, step) => ({ step, rate }))
    .filter(({ step, rate }) => rate !== rates[step - 1] || rate !== rates[step + 1]);
  if (corners.length <= MOST_POINTS) return corners;
  const last = rates.length - 1;
  return Array.from({ length: MOST_POINTS }, (_, i) => Math.round((i * last) / (MOST_POINTS - 1))).map((step) => ({
    step,
    rate: rates[step] as number,
  }));
}
