import type { RatePoint } from '../training-result.js';

/** So many points tell a curve; a chart is less wide. */
const MOST = 1000;

/**
 * The learning rates of a training for its document: both ends of every stretch on which the rate stays the same; where these are
 * more than a thousand, a thousand of the steps, evenly spread.
 *
 * @param rates the rate of every step from 0 on
 */
export function rateCourse(rates: readonly number[]): RatePoint[] {
  const corners = rates
    .map((rate, step) => ({ step, rate }))
    .filter(({ step, rate }) => rate !== rates[step - 1] || rate !== rates[step + 1]);
  if (corners.length <= MOST) return corners;
  const last = rates.length - 1;
  return Array.from({ length: MOST }, (_, i) => Math.round((i * last) / (MOST - 1))).map((step) => ({
    step,
    rate: rates[step] as number,
  }));
}
