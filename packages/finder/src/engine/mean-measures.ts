import type { Measures } from '@lrfind/core/results';
import { measures } from '@lrfind/core/study';

/** Means of losses and metrics over batches. */
export interface MeanMeasures {
  /**
   * @param measured of a batch: the loss, the metrics, and then, where outputs have masks, what each metric weighs
   * @param rows of the batch; the weight of its loss, and of metrics without one of their own
   */
  add(measured: Float32Array, rows: number): void;
  /** The means since they were last taken. As in Keras, the loss weighs by rows, and a masked metric by what it counts. */
  take(): Measures;
}

/** @param metrics names, in the order in which they are measured */
export function meanMeasures(metrics: readonly string[]): MeanMeasures {
  const length = 1 + metrics.length;
  const zeros = () => new Array<number>(length).fill(0);
  let sums = zeros();
  let weights = zeros();
  return {
    add(measured, rows) {
      for (let k = 0; k < length; k++) {
        const weight = (k > 0 ? measured[length + k - 1] : undefined) ?? rows;
        // A metric of no entries is 0 and weighs nothing.
        sums[k] = (sums[k] as number) + (measured[k] as number) * weight;
        weights[k] = (weights[k] as number) + weight;
      }
    },
    take() {
      const means = sums.map((sum, k) => (weights[k] === 0 ? 0 : sum / (weights[k] as number)));
      sums = zeros();
      weights = zeros();
      return measures(means, metrics);
    },
  };
}
