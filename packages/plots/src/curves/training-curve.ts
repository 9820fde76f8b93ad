import { mean } from '@lrfind/core';
import {
  type Comparison,
  isRisingMetric,
  type Measures,
  type RankedTrial,
  type Training,
  type TrialResult,
} from '@lrfind/core/results';
import { type TimeUnit, timeOf } from './training-time.js';

/** A mean over seeds, with the lowest and the highest of them. */
export interface CurvePoint {
  step: number;
  /** In epochs or steps. */
  time: number;
  value: number;
  low: number;
  high: number;
}

/** The rows on which something was measured. */
export type Split = 'training' | 'validation';

/** Takes one number out of the measures. */
export type Accessor = (measures: Measures) => number | null | undefined;

/** The loss. */
export const lossOf: Accessor = ({ loss }) => loss;

/** The metric with that name. */
export function metricOf(name: string): Accessor {
  return ({ metrics }) => (Object.hasOwn(metrics, name) ? metrics[name] : null);
}

/**
 * The mean over trainings with several seeds, of finite values only. A seed that ends early is missing from the mean from
 * there on. The value before training, on validation rows, is at time 0. A value on training rows, which is a mean over the
 * steps since the evaluation before, is at the end of these steps.
 *
 * @returns ordered by step
 */
export function trainingCurve(
  trainings: readonly Training[],
  split: Split,
  accessor: Accessor,
  unit: TimeUnit,
): CurvePoint[] {
  const found = new Map<number, { time: number; values: number[] }>();
  const add = (step: number, time: number, measures: Measures | null) => {
    const value = measures && accessor(measures);
    if (!finite(value)) return;
    const there = found.get(step) ?? { time, values: [] };
    there.values.push(value);
    found.set(step, there);
  };
  for (const { start, evaluations } of trainings) {
    if (split === 'validation') add(0, 0, start);
    for (const evaluation of evaluations) add(evaluation.step, timeOf(evaluation, unit), evaluation[split]);
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

/** The mean over all trainings of the finite values before training; null where there is none. */
export function baseline(trainings: readonly Training[], accessor: Accessor): number | null {
  const starts = trainings.map(({ start }) => start && accessor(start)).filter(finite);
  return starts.length === 0 ? null : mean(starts);
}

/** Names of the metrics that were measured, in their order. */
export function metricNames(trainings: readonly Training[]): string[] {
  const measured = trainings.flatMap(({ evaluations }) =>
    evaluations.flatMap(({ training, validation }) => [training, validation]),
  );
  return [...new Set(measured.flatMap((measures) => Object.keys(measures?.metrics ?? {})))];
}

/** Whether a higher value of a metric is better, by its name. */
export function isScore(name: string): boolean {
  return isAccuracy(name) || isRisingMetric(name);
}

/** The metric that stands for the others where there is room for one: an accuracy, else another of which higher is better. */
export function leadingScore(names: readonly string[]): string | undefined {
  return names.find(isAccuracy) ?? names.find(isScore);
}

/** Whether a metric is a share of rows that are right, by its name: `accuracy`, `acc`, `binaryAccuracy`. */
export function isAccuracy(name: string): boolean {
  return /acc(?![a-z])|accuracy/i.test(name);
}

/** A trial with its entry in the ranking. */
export interface TrialWithRank {
  trial: TrialResult;
  ranked: RankedTrial;
}

/** The trials of a comparison, best first. */
export function trialsByRank({ ranking, trials }: Comparison): TrialWithRank[] {
  const named = new Map(trials.map((trial) => [trial.name, trial]));
  return ranking.flatMap((ranked) => {
    const trial = named.get(ranked.name);
    return trial ? [{ trial, ranked }] : [];
  });
}

// A result that was not read from a file may still have NaN where the file would have null.
const finite = (value: number | null | undefined): value is number => Number.isFinite(value);
