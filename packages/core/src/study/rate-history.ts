import { roundToFloat32 } from '../float32.js';
import type { RatePoint } from '../results/training.js';

/** A chart cannot show more points. */
const MAX_POINTS = 1000;

/**
 * The learning rates of a training as its result stores them: the first and last step of every part on which the rate
 * is constant. If these are more than 1,000 steps, it is 1,000 steps, evenly spread. The rates are in
 * float32 precision, in which steps take them.
 *
 * @param rates the rate of every step, from step 0
 */
export function rateHistory(rates: readonly number[]): RatePoint[] {
  const corners = rates
    .map((rate, step) => ({ step, rate }))
    .filter(({ step, rate }) => rate !== rates[step - 1] || rate !== rates[step + 1]);
  const last = rates.length - 1;
  if (corners.length <= MAX_POINTS) return corners.map(({ step, rate }) => ({ step, rate: roundToFloat32(rate) }));
  return Array.from({ length: MAX_POINTS }, (_, i) => Math.round((i * last) / (MAX_POINTS - 1))).map((step) => ({
    step,
    rate: roundToFloat32(rates[step] as number),
  }));
}
