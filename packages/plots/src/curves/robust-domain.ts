import { median } from '@lrfind/core';

/** The values of a run, without those before training. */
export interface BulkCurve {
  /** in their order */
  values: readonly number[];
  diverged: boolean;
}

/** So much of the axis the fall from before training to the first values may take, at most. */
const startShare = 0.4;

/** Of trainings with so many points or less, the fall is all there is. */
export const fewPoints = 2;

/**
 * The losses worth showing where several runs are compared. Shown are all losses of the runs that did not diverge, except where some
 * went so far up that the others would be pressed flat: the axis reaches a quarter higher than the start, or as high as half of the
 * runs went; where all diverged, twice as high as half of the losses. The loss before training, from which nearly all runs fall at
 * once, is shown where it takes less than two fifths of the axis, or where it is all there is.
 *
 * @param curves in any order
 * @param start loss before training; null where it is not known: the median of the first losses, which differ more, then stands for it,
 *   and the axis reaches twice as high
 * @param short whether the trainings are so short that the fall is all there is
 * @returns lower and upper end; the lower one is always below the upper one
 */
export function bulkRange(curves: readonly BulkCurve[], start: number | null, short: boolean): [number, number] {
  const measured = curves.filter(({ values }) => values.length > 0);
  const all = measured.flatMap(({ values }) => values);
  if (all.length === 0) return start === null ? [0, 1] : withMargin(start, start);

  const lowest = smallest(all);
  const level = start ?? lowerMedian(measured.map(({ values }) => values[0] as number));
  const good = measured.filter(({ diverged }) => !diverged);
  const usual =
    good.length === 0 ? lowest + 2 * (median(all) - lowest) : lowerMedian(good.map(({ values }) => largest(values)));
  const above = start === null ? 2 : 1.25;
  const cap = Math.max(lowest + above * Math.max(0, level - lowest), usual);
  const shown = (good.length === 0 ? all : good.flatMap(({ values }) => values)).filter((value) => value <= cap);
  const highest = largest(shown);
  if (start === null) return withMargin(lowest, highest);

  const room = short ? Infinity : ((highest - lowest) * startShare) / (1 - startShare);
  const top = start > highest && start - highest <= room ? start : highest;
  const bottom = start < lowest && lowest - start <= room ? start : lowest;
  return withMargin(bottom, top);
}

/** The same where more is better, as of an accuracy: what falls far down is left out. */
export function bulkRangeUpwards(curves: readonly BulkCurve[], start: number | null, short: boolean): [number, number] {
  const mirrored = curves.map(({ values, diverged }) => ({ values: values.map((value) => -value), diverged }));
  const [low, high] = bulkRange(mirrored, start === null ? null : -start, short);
  return [-high, -low];
}

/** An axis that ends near 0 ends at 0: heights are then proportional to values. */
export function downToZero([low, high]: readonly [number, number], values: readonly number[]): [number, number] {
  return smallest(values) >= 0 && low < 0.3 * high ? [0, high] : [low, high];
}

function withMargin(low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const height = high - low;
  // Rounding noise on a constant loss is not a curve.
  const margin = height > 1e-6 * size ? 0.04 * height : size > 0 ? size / 10 : 0.5;
  return [low - margin, high + margin];
}

/** The middle value; of an even number the smaller one of the two in the middle. */
function lowerMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] as number;
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
