import type { CurvePoint } from '@lrfind/core/results';

/** So many rates on either side belong to the losses around a rate. */
const AROUND = 3;

/** Shorter stretches are chance, or too short to be seen. */
const SHORTEST = 3;

/**
 * Where the smoothed loss lies off the losses that it stands for: beyond the quartiles of all rates around. This is where the losses
 * are capped because they diverge, and where smoothing lifts a sharp minimum.
 *
 * @returns for each point of the curve, whether it lies off the losses
 */
export function offTheLosses(curve: readonly CurvePoint[]): boolean[] {
  const off = curve.map(({ smoothed }, i) => {
    const around = curve.slice(Math.max(0, i - AROUND), i + AROUND + 1);
    // A quartile that is not finite stands for losses beyond all others.
    const low = Math.min(...around.map((point) => (finite(point.low) ? point.low : Number.POSITIVE_INFINITY)));
    const high = Math.max(...around.map((point) => (finite(point.high) ? point.high : Number.POSITIVE_INFINITY)));
    return finite(smoothed) && (smoothed < low || smoothed > high);
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
