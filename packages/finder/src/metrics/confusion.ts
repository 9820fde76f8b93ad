import { concat, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { LossKind } from '../losses/loss.js';
import { decisionsOf, yesThreshold } from './decisions.js';
import type { MetricKind, SumsMeasure } from './metric-kind.js';

/** How often a unit was yes in both, in the predictions, and in the targets. */
interface Counts {
  readonly hits: number;
  readonly predicted: number;
  readonly actual: number;
}

/**
 * A score of each unit from its counts. Of several it is the mean (scikit-learn's `macro`): over the labels of yes or no,
 * and over the classes that occur in targets or predictions.
 */
const fromCounts = (score: (counts: Counts) => number): SumsMeasure => ({
  count: (units) => 3 * units,
  measure(batch, loss) {
    const { actual, predicted } = decisionsOf(batch, loss);
    return concat([mul(actual, predicted), predicted, actual].map((values): Tensor => sum(values, 0)));
  },
  value(sums, units, loss) {
    const counts = Array.from({ length: units }, (_, unit): Counts => {
      const [hits, predicted, actual] = [0, 1, 2].map((row) => sums[row * units + unit] as number);
      return { hits, predicted, actual } as Counts;
    });
    return meanOf(counts.filter(occurs(loss, units)).map(score));
  },
});

const occurs =
  (loss: LossKind | null, units: number) =>
  ({ predicted, actual }: Counts) =>
    yesThreshold(loss, units) !== undefined || predicted + actual > 0;

/** The mean of numbers; 0 of none. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A share; as in Keras 0 where there is nothing to have a share of. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export const precision: MetricKind = {
  name: 'precision',
  aliases: [],
  summary: 'share of rows predicted as yes that are yes; of several classes or labels, their mean',
  of: 'classes',
  measure: fromCounts(({ hits, predicted }) => share(hits, predicted)),
};

export const recall: MetricKind = {
  name: 'recall',
  aliases: [],
  summary: 'share of rows that are yes which are predicted as yes; of several, their mean',
  of: 'classes',
  measure: fromCounts(({ hits, actual }) => share(hits, actual)),
};

export const f1Score: MetricKind = {
  name: 'f1Score',
  aliases: ['f1'],
  summary: 'harmonic mean of precision and recall; of several classes or labels, their mean',
  of: 'classes',
  measure: fromCounts(({ hits, predicted, actual }) => share(2 * hits, predicted + actual)),
};
