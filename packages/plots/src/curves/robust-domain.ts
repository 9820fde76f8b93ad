import { median } from '@lrfind/core';

/** The values of one curve after training began. */
export interface DomainCurve {
  /** In their order. */
  readonly values: readonly number[];
  readonly diverged: boolean;
}

/** Maximum share of the axis for the fall from before training to the first values. */
const startShare = 0.4;

/** A training with at most that many evaluations shows nothing but the fall from its start. */
export const shortTraining = 2;

/**
 * The domain of a loss axis for trainings that are compared. It covers all losses of trainings that did not diverge,
 * unless some rose so far that they would flatten the others: then it reaches a quarter higher than the start, or as high
 * as half of the trainings did. Where all diverged, it reaches twice as high as half of the losses.
 *
 * It includes the loss before training, from which nearly all trainings fall at once, where that takes at most two fifths
 * of the axis or where there is nothing else to show.
 *
 * @param curves in any order
 * @param start loss before training; where it is null, the median of the first losses replaces it. These differ more, so
 *   the axis then reaches twice as high.
 * @param short whether the trainings are so short that the fall is all there is
 * @returns lower and upper end; the lower one is always below the upper one
 */
export function robustDomain(curves: readonly DomainCurve[], start: number | null, short: boolean): [number, number] {
  const measured = curves.filter(({ values }) => values.length > 0);
  const all = measured.flatMap(({ values }) => values);
  if (all.length === 0) return start === null ? [0, 1] : padded(start, start);

  const lowest = smallest(all);
  const level = start ?? lowerMedian(measured.map(({ values }) => values[0] as number));
  const good = measured.filter(({ diverged }) => !diverged);
  const usual =
    good.length === 0 ? lowest + 2 * (median(all) - lowest) : lowerMedian(good.map(({ values }) => largest(values)));
  const above = start === null ? 2 : 1.25;
  const cap = Math.max(lowest + above * Math.max(0, level - lowest), usual);
  const shown = (good.length === 0 ? all : good.flatMap(({ values }) => values)).filter((value) => value <= cap);
  const highest = largest(shown);
  if (start === null) return padded(lowest, highest);

  const room = short ? Infinity : ((highest - lowest) * startShare) / (1 - startShare);
  const top = start > highest && start - highest <= room ? start : highest;
  const bottom = start < lowest && lowest - start <= room ? start : lowest;
  return padded(bottom, top);
}

/** The same for values of which higher is better, such as an accuracy: it leaves out those that fall far down. */
export function robustDomainOfScores(
  curves: readonly DomainCurve[],
  start: number | null,
  short: boolean,
): [number, number] {
  const mirrored = curves.map(({ values, diverged }) => ({ values: values.map((value) => -value), diverged }));
  const [low, high] = robustDomain(mirrored, start === null ? null : -start, short);
  return [-high, -low];
}

/** Extends a domain that begins near 0 down to 0, so that heights are proportional to values; not for negative values. */
export function includeZero([low, high]: readonly [number, number], values: readonly number[]): [number, number] {
  return smallest(values) >= 0 && low < 0.3 * high ? [0, high] : [low, high];
}

/** A domain with some space below and above. */
export function padded(low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const height = high - low;
  // The rounding noise of a constant loss is not a curve.
  const margin = height > 1e-6 * size ? 0.04 * height : size > 0 ? size / 10 : 0.5;
  return [low - margin, high + margin];
}

/** The largest value, also of very many. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** The smallest value, also of very many. */
export function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

/** The middle value; of an even number of values the smaller one of the two in the middle. */
function lowerMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] as number;
}
