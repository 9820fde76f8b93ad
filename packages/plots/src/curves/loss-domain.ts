import { quantile } from '@lrfind/core';
/** A loss at a rate. */
export interface Sample {
  rate: number;
  loss: number;
}

/**
 * The losses worth showing. A sweep ends where the loss explodes, and an axis that reached up there would press the
 * descent flat. Shown are the way from the highest smoothed loss before the minimum down to the minimum, a third of that
 * height above it to see the curve turn, the bulk of the batch losses before the minimum, and stray ones up to another
 * third. Downwards there is more to see, as smoothing lifts a sharp minimum: all but a hundredth of the batch losses, up to
 * the same height again. All of it is relative to the curve, and so holds for negative and shifted losses.
 *
 * @param line the smoothed loss, ordered by rate; at least one sample
 * @param points the batch losses, in any order
 * @returns lower and upper end; the lower one is always below the upper one
 */
export function visibleRange(line: readonly Sample[], points: readonly Sample[]): [number, number] {
  const losses = line.map(({ loss }) => loss);
  const minimum = losses.reduce((least, loss, index) => (loss < (losses[least] as number) ? index : least), 0);
  const lowest = losses[minimum] as number;
  const highest = largest(losses);
  // A curve that never falls has no descent; its middle then tells a flat one from one that rises all the way.
  const descent = Math.max(largest(losses.slice(0, minimum + 1)), quantile(losses, 0.5)) - lowest;
  let top = descent > 0 ? Math.min(highest, lowest + (4 / 3) * descent) : highest;
  let bottom = lowest;

  const turn = (line[minimum] as Sample).rate;
  const before = points.filter(({ rate }) => rate <= turn).map(({ loss }) => loss);
  if (before.length > 0) {
    top = Math.max(top, quantile(before, 0.95));
    bottom = Math.min(bottom, quantile(before, 0.05));
    top = Math.max(top, Math.min(largest(before), top + (top - bottom) / 3));
  }
  if (points.length > 0) {
    const deep = quantile(
      points.map(({ loss }) => loss),
      0.01,
    );
    bottom = Math.min(bottom, Math.max(deep, bottom - (top - bottom)));
  }

  const size = Math.max(Math.abs(bottom), Math.abs(top));
  const height = top - bottom;
  // Rounding noise on a constant loss is not a curve.
  const margin = height > 1e-6 * size ? 0.04 * height : size > 0 ? size / 10 : 0.5;
  return [bottom - margin, top + margin];
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
