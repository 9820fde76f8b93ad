import { quantile } from '@lrfind/core';
import { largest, padded } from './robust-domain.js';
import type { Sample } from './sweep-samples.js';

/**
 * The domain of the loss axis of a sweep. A sweep ends where the loss explodes, and an axis up to there would flatten the
 * descent. The domain therefore covers:
 *
 * - the smoothed loss from its highest value before the minimum down to the minimum;
 * - above that, a third of that height, to show the turn of the curve;
 * - the bulk of the batch losses before the minimum, and outliers up to another third;
 * - below, all but a hundredth of the batch losses, as smoothing lifts a sharp minimum, but at most the same height again.
 *
 * All of it is relative to the curve, so it holds for negative and shifted losses.
 *
 * @param curve the smoothed loss, ordered by rate; at least one sample
 * @param batches the batch losses, in any order
 * @returns lower and upper end; the lower one is always below the upper one
 */
export function lossDomain(curve: readonly Sample[], batches: readonly Sample[]): [number, number] {
  const losses = curve.map(({ loss }) => loss);
  const minimum = losses.reduce((least, loss, index) => (loss < (losses[least] as number) ? index : least), 0);
  const lowest = losses[minimum] as number;
  const highest = largest(losses);
  // A curve that never falls has no descent; its median then tells a flat curve from one that always rises.
  const descent = Math.max(largest(losses.slice(0, minimum + 1)), quantile(losses, 0.5)) - lowest;
  let top = descent > 0 ? Math.min(highest, lowest + (4 / 3) * descent) : highest;
  let bottom = lowest;

  const turn = (curve[minimum] as Sample).rate;
  const before = batches.filter(({ rate }) => rate <= turn).map(({ loss }) => loss);
  if (before.length > 0) {
    top = Math.max(top, quantile(before, 0.95));
    bottom = Math.min(bottom, quantile(before, 0.05));
    top = Math.max(top, Math.min(largest(before), top + (top - bottom) / 3));
  }
  if (batches.length > 0) {
    const deep = quantile(
      batches.map(({ loss }) => loss),
      0.01,
    );
    bottom = Math.min(bottom, Math.max(deep, bottom - (top - bottom)));
  }
  return padded(bottom, top);
}
