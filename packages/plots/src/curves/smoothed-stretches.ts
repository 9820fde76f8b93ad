import { median } from '@lrfind/core';
import type { CurvePoint } from '@lrfind/core/results';

/** So many rates on either side belong to the losses around a rate. */
const AROUND = 2;

/** Shorter stretches are chance, or too short to be seen. */
const SHORTEST = 3;

/** A smaller share of the height of the curve cannot be seen. */
const VISIBLE_SHARE = 0.08;

/**
 * Where the smoothed loss lies off the losses that it stands for: further from their median than their quartiles lie apart, and so far
 * that it can be seen. This is where the losses are capped because they diverge, and where smoothing lifts a sharp minimum.
 *
 * @returns for each point of the curve, whether it lies off the losses
 */
export function offTheLosses(curve: readonly CurvePoint[]): boolean[] {
  const line = curve.map(({ smoothed }) => smoothed).filter(finite);
  const height = line.reduce((most, loss) => Math.max(most, loss), -Infinity) - Math.min(...line);
  const off = curve.map(({ smoothed }, i) => {
    const around = curve.slice(Math.max(0, i - AROUND), i + AROUND + 1);
    // A loss that is not finite stands above all others.
    const middle = median(around.map((point) => (finite(point.median) ? point.median : Infinity)));
    const spread = median(around.map(({ low, high }) => (finite(low) && finite(high) ? high - low : Infinity)));
    if (!finite(smoothed)) return false;
    return middle === Infinity || Math.abs(smoothed - middle) > Math.max(spread, VISIBLE_SHARE * height);
  });
  return withoutShort(withoutShort(off, true), false);
}

const finite = (value: number | null): value is number => Number.isFinite(value);

/** Turns stretches of a value that are shorter than the shortest into the other value. */
function withoutShort(values: readonly boolean[], value: boolean): boolean[] {
  const result = [...values];
  for (let from = 0; from < result.length; ) {
    let to = from;
    while (to < result.length && result[to] === result[from]) to += 1;
    if (result[from] === value && to - from < SHORTEST && to - from < result.length) result.fill(!value, from, to);
    from = to;
  }
  return result;
}
