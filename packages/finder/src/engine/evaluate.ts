import type { Tensor } from '@tensorflow/tfjs-core';
import type { Measures } from '@lrfind/core/results';
import type { TrainingStep } from './training-step.js';
import { measures } from '@lrfind/core/study';

/** Rows that go through the model at once: enough to keep all cores busy, few enough for a convolution's memory. */
const ROWS = 512;

/**
 * Loss and metrics over any number of rows, in parts of nearly equal size, so that at most two programs are compiled for them.
 *
 * @param rows row numbers, at least one
 * @param metrics names of the metrics, in the order in which the step measures them
 */
export async function evaluateRows(
  step: TrainingStep,
  rows: Int32Array,
  metrics: readonly string[],
): Promise<Measures> {
  const parts = Math.ceil(rows.length / ROWS);
  const sums = new Array<number>(1 + metrics.length).fill(0);
  for (let i = 0; i < parts; i++) {
    const part = rows.slice(Math.round((i * rows.length) / parts), Math.round(((i + 1) * rows.length) / parts));
    const measured: Tensor = step.evaluate(part);
    const values = await measured.data();
    measured.dispose();
    for (const [k, value] of values.entries()) sums[k] = (sums[k] as number) + value * part.length;
  }
  return measures(
    sums.map((sum) => sum / rows.length),
    metrics,
  );
}
