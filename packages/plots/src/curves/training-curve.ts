import { type Measures, type Training } from '@lrfind/core/results';
import { mean } from '@lrfind/core';
import { type TimeUnit, timeOf } from './training-time.js';

/** A mean over seeds, with the lowest and the highest of them. */
export interface CurvePoint {
  step: number;
  /** in epochs or steps */
  time: number;
  value: number;
  low: number;
  high: number;
}

/** On which rows something was measured. */
export type Part = 'training' | 'validation';

/** Takes the number to be drawn out of what was measured. */
export type Pick = (measures: Measures) => number | null | undefined;

/** The loss. */
export const loss: Pick = (measures) => measures.loss;

/** The metric of a name. */
export const metric =
  (name: string): Pick =>
  ({ metrics }) =>
    Object.hasOwn(metrics, name) ? metrics[name] : null;

/**
 * What trainings with several seeds measured, where it is finite. A seed that ends early is missing from the mean from there on.
 * What was measured on held-out rows before training stands at 0; a value of the training rows, which is a mean over the steps
 * since the point before, stands at the end of these steps.
 *
 * @returns ordered by step
 */
export function runCurve(trainings: readonly Training[], part: Part, pick: Pick, unit: TimeUnit): CurvePoint[] {
  const found = new Map<number, { time: number; values: number[] }>();
  const add = (step: number, time: number, measures: Measures | null) => {
    const value = measures && pick(measures);
    if (!finite(value)) return;
    const there = found.get(step) ?? { time, values: [] };
    there.values.push(value);
    found.set(step, there);
  };
  for (const { start, points } of trainings) {
    if (part === 'validation') add(0, 0, start);
    for (const point of points) add(point.step, timeOf(point, unit), point[part]);
  }
  return [...found]
    .map(([step, { time, values }]) => ({
      step,
      time,
      value: mean(values),
      low: Math.min(...values),
      high: Math.max(...values),
    }))
    .filter(({ value }) => finite(value))
    .sort((a, b) => a.step - b.step);
}

/** What was measured before training, as far as it is finite: the mean over all trainings. */
export function startLevel(trainings: readonly Training[], pick: Pick): number | null {
  const starts = trainings.map(({ start }) => start && pick(start)).filter(finite);
  return starts.length === 0 ? null : mean(starts);
}

/** Names of the metrics that the trainings measured, in their order. */
export function metricNames(trainings: readonly Training[]): string[] {
  const measured = trainings.flatMap(({ points }) =>
    points.flatMap(({ training, validation }) => [training, validation]),
  );
  return [...new Set(measured.flatMap((measures) => Object.keys(measures?.metrics ?? {})))];
}

/** Whether a metric is a share of rows that are right, by its name: `accuracy`, `acc`, `binaryAccuracy`. */
export function isAccuracy(name: string): boolean {
  return /acc(?![a-z])|accuracy/i.test(name);
}

// A document that was not read from a file may still hold NaN where the file would hold null.
const finite = (value: number | null | undefined): value is number => Number.isFinite(value);
