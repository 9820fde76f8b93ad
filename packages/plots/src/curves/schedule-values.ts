import { InputError } from '@lrfind/core';
import { logDomain } from './log-scale.js';

/** The range of values of a function of the step, and where it begins, ends and peaks. */
export interface StepValues {
  first: number;
  last: number;
  highest: number;
  /** The first step with the highest value. */
  highestStep: number;
  lowest: number;
  /** The lowest value above 0; infinite where there is none. */
  lowestPositive: number;
}

/** Evaluates a function at every whole step from 0 to the last. */
export function stepValues(of: (step: number) => number, last: number): StepValues {
  const found = { highest: Number.NEGATIVE_INFINITY, highestStep: 0, lowest: Infinity, lowestPositive: Infinity };
  for (let step = 0; step <= last; step++) {
    const value = of(step);
    if (value > found.highest) Object.assign(found, { highest: value, highestStep: step });
    if (value < found.lowest) found.lowest = value;
    if (value > 0 && value < found.lowestPositive) found.lowestPositive = value;
  }
  return { first: of(0), last: of(last), ...found };
}

/** A logarithmic axis reaches at most that far below the highest rate: a cosine comes arbitrarily close to 0. */
const logReach = 1e-6;

/** The domain of a linear axis of rates: from 0 to a little above the highest. */
export function linearRateDomain(rates: readonly StepValues[]): [number, number] {
  const highest = Math.max(...rates.map((values) => values.highest));
  return [0, Math.min(1.04 * highest, Number.MAX_VALUE) || 1];
}

/**
 * The domain of a logarithmic axis of rates: from a little below the lowest rate above 0 to a little above the highest.
 *
 * @throws InputError where all rates are 0
 */
export function logRateDomain(rates: readonly StepValues[]): [number, number] {
  const highest = Math.max(...rates.map((values) => values.highest));
  if (highest === 0) throw new InputError('log must be false where all rates are 0; got true');
  const lowest = Math.max(logReach * highest, Math.min(...rates.map(({ lowestPositive }) => lowestPositive)));
  return logDomain(lowest, highest, 0.04);
}

/** The domain of an axis of momentum: from a little below the lowest to a little above the highest value. */
export function momentumDomain(momenta: readonly StepValues[]): [number, number] {
  const lowest = Math.min(...momenta.map((values) => values.lowest));
  const highest = Math.max(...momenta.map((values) => values.highest));
  const margin = (highest - lowest) * 0.08 || 0.05;
  return [lowest - margin, highest + margin];
}
