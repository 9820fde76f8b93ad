import type { Sample } from './loss-domain.js';

/**
 * The loss of a curve at a rate, on the straight line between its neighbours against the logarithm of the rate.
 *
 * @param line ordered by rate
 * @returns `null` where the curve does not reach
 */
export function curveValue(line: readonly Sample[], rate: number): number | null {
  const next = line.findIndex((sample) => sample.rate >= rate);
  const right = line[next];
  if (right === undefined) return null;
  if (right.rate === rate) return right.loss;
  const left = line[next - 1];
  if (left === undefined) return null;
  const way = Math.log(rate / left.rate) / Math.log(right.rate / left.rate);
  return left.loss + way * (right.loss - left.loss);
}
