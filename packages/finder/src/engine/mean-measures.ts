import type { Measures } from '@lrfind/core/results';
import { measures } from '@lrfind/core/study';
import type { Metric } from '../metrics.js';

/** Losses and metrics over batches: means, and what follows from sums. */
export interface MeanMeasures {
  /**
   * @param measured of a batch: the loss, the metrics or their sums, and then, where outputs have masks, what each metric
   *   that is a mean weighs
   * @param rows of the batch; the weight of its loss, and of metrics without one of their own
   */
  add(measured: Float32Array, rows: number): void;
  /** The values since they were last taken. As in Keras, the loss weighs by rows, and a masked metric by what it counts. */
  take(): Measures;
}

/** @param metrics in the order in which they are measured */
export function meanMeasures(metrics: readonly Pick<Metric, 'name' | 'sums'>[]): MeanMeasures {
  const length = metrics.reduce((total, { sums }) => total + (sums?.count ?? 1), 1);
  let loss = meanSoFar();
  let parts = metrics.map(soFar);
  return {
    add(measured, rows) {
      loss.add(measured.subarray(0, 1), rows);
      let at = 1;
      let weightAt = length;
      for (const [i, { sums }] of metrics.entries()) {
        const next = at + (sums?.count ?? 1);
        const weight = sums ? rows : (measured[weightAt++] ?? rows);
        parts[i]?.add(measured.subarray(at, next), weight);
        at = next;
      }
    },
    take() {
      const values = [loss, ...parts].map((part) => part.value());
      loss = meanSoFar();
      parts = metrics.map(soFar);
      return measures(
        values,
        metrics.map(({ name }) => name),
      );
    },
  };
}

/** A loss or a metric over the batches so far. */
interface SoFar {
  add(measured: Float32Array, weight: number): void;
  value(): number;
}

function soFar({ sums }: Pick<Metric, 'sums'>): SoFar {
  if (!sums) return meanSoFar();
  const total = new Float64Array(sums.count);
  return { add: (measured) => sums.add(total, measured), value: () => sums.value(total) };
}

/** A mean of no entries is 0 and weighs nothing. */
function meanSoFar(): SoFar {
  let [sum, total] = [0, 0];
  return {
    add(measured, weight) {
      sum += (measured[0] as number) * weight;
      total += weight;
    },
    value: () => (total === 0 ? 0 : sum / total),
  };
}
