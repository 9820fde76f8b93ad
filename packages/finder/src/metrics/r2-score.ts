import { concat, div, maximum, mul, ones, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { meanOf } from './confusion.js';
import type { MetricKind } from './metric-kind.js';

/** What each unit has: rows, mean of the targets, squared distances from it, and squared errors. */
const parts = 4;

/**
 * The share of the targets' variance that the predictions explain; of several units, their mean. The variance of each batch
 * is taken about the batch's own mean, because float32 would lose it among the squares of large targets.
 */
export const r2Score: MetricKind = {
  name: 'r2Score',
  aliases: ['r2'],
  summary: 'share of the variance of targets that is explained; of several numbers, their mean',
  of: 'numbers',
  measure: {
    count: (units) => (parts + 1) * units,
    measure({ target, prediction, counted }) {
      const weights = counted ? mul(counted, ones([1, prediction.shape.at(-1) as number])) : ones(prediction.shape);
      const count = sum(weights, 0);
      const total = (values: Tensor) => sum(mul(values, weights), 0);
      const mean = (values: Tensor) => div(total(values), maximum(count, 1));
      // The rounding of the mean counts where the targets lie far from 0: it is taken out a second time.
      const centre = mean(target);
      const around = sub(target, centre);
      const rest = mean(around);
      const squares = total(square(sub(around, rest)));
      return concat([count, centre, squares, total(square(sub(target, prediction))), rest]);
    },
    add(sums, batch) {
      const units = sums.length / (parts + 1);
      for (let unit = 0; unit < units; unit++) {
        const at = (part: number) => part * units + unit;
        const [rows, mean, squares, errors] = [0, 1, 2, 3].map((part) => sums[at(part)] as number) as Moments;
        const [more, centre, added, error, rest] = [0, 1, 2, 3, 4].map((part) => batch[at(part)] as number) as [
          ...Moments,
          number,
        ];
        const all = rows + more;
        if (more === 0) continue;
        const distance = centre + rest - mean;
        // Chan, Golub and LeVeque (1983): the squares about the mean of two parts together.
        sums.set([all], at(0));
        sums.set([mean + (distance * more) / all], at(1));
        sums.set([squares + added + (distance * distance * rows * more) / all], at(2));
        sums.set([errors + error], at(3));
      }
    },
    value: (sums, units) =>
      meanOf(
        Array.from({ length: units }, (_, unit) =>
          explained([0, 1, 2, 3].map((part) => sums[part * units + unit] as number) as Moments),
        ),
      ),
  },
};

type Moments = [rows: number, mean: number, squares: number, errors: number];

/** Of targets that are all the same it is 1 where the predictions are exact and 0 elsewhere, as in scikit-learn. */
function explained([rows, mean, squares, errors]: Moments): number {
  if (rows === 0) return 0;
  // What rounding leaves of equal targets; two neighbours in float32 differ by far more.
  const varies = squares > 1e-18 * rows * mean * mean;
  return varies ? 1 - errors / squares : Number(errors === 0);
}
