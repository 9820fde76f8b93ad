import { InputError } from '@lrfind/core';
import { stepText } from '../axes/step-axis.js';
import { numberText } from '../text/numbers.js';
import { mostSeries } from '../layout/series-style.js';

/** A function from step to learning rate, with a momentum where it has one: every schedule of `@lrfind/finder` is one. */
export interface StepFunction {
  (step: number): number;
  readonly momentum?: ((step: number) => number) | undefined;
}

/** A schedule as a chart takes it. */
export interface NamedSchedule {
  /** what the key says; a schedule's text form does well */
  name: string;
  schedule: StepFunction;
}

/** The values that a function of the step has at the steps of a training. */
export interface StepValues {
  first: number;
  last: number;
  highest: number;
  /** the first step that has the highest value */
  highestStep: number;
  lowest: number;
  /** the lowest value above 0; infinite where there is none */
  lowestPositive: number;
}

/** Looks at every whole step from 0 to the last. */
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

/**
 * Checks what is to be drawn.
 *
 * @throws InputError for no schedule or too many, or one that is not a name with a function
 */
export function checkSchedules(schedules: readonly NamedSchedule[]): void {
  if (!Array.isArray(schedules) || schedules.length === 0 || schedules.length > mostSeries) {
    const came = Array.isArray(schedules) ? `${schedules.length}` : JSON.stringify(schedules);
    throw new InputError(`schedules: expected a list of 1 to ${mostSeries}, got ${came}`);
  }
  for (const [i, { name, schedule }] of schedules.entries()) {
    if (typeof name !== 'string')
      throw new InputError(`schedules[${i}].name: expected a string, got ${JSON.stringify(name)}`);
    if (typeof schedule !== 'function') {
      throw new InputError(
        `schedules[${i}].schedule: expected a function from step to rate, got ${JSON.stringify(schedule)}`,
      );
    }
  }
}

/** What becomes of the rate, in words: `0 at first, 0.1 at step 100, 0 at last`. */
export function course({ first, highest, highestStep, last, lowest }: StepValues): string {
  if (lowest === highest) return `${numberText(first, 3)} throughout`;
  const between =
    highest > first && highest > last ? `, ${numberText(highest, 3)} at step ${stepText(highestStep)}` : '';
  return `${numberText(first, 3)} at first${between}, ${numberText(last, 3)} at last`;
}

/** A logarithmic axis reaches so far below the highest rate at most: a cosine comes as near to 0 as one likes. */
const reach = 1e-6;

/** From 0 to a little above the highest rate. */
export function linearEnds(rates: readonly StepValues[]): [number, number] {
  const highest = Math.max(...rates.map((values) => values.highest));
  return [0, 1.04 * highest || 1];
}

/**
 * From a little below the lowest rate above 0 to a little above the highest.
 *
 * @throws InputError where all rates are 0
 */
export function logEnds(rates: readonly StepValues[]): [number, number] {
  const highest = Math.max(...rates.map((values) => values.highest));
  if (highest === 0) throw new InputError('log: a logarithmic axis needs a rate above 0, and all rates are 0');
  const lowest = Math.max(reach * highest, Math.min(...rates.map(({ lowestPositive }) => lowestPositive)));
  const margin = lowest === highest ? 2 : (highest / lowest) ** 0.04;
  return [lowest / margin, highest * margin];
}

/** From a little below the lowest to a little above the highest value. */
export function rangeOf(all: readonly StepValues[]): [number, number] {
  const lowest = Math.min(...all.map((values) => values.lowest));
  const highest = Math.max(...all.map((values) => values.highest));
  const margin = (highest - lowest) * 0.08 || 0.05;
  return [lowest - margin, highest + margin];
}
