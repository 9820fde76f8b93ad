import type { Measures } from '@lrfind/core/results';
import type { Metric } from '../metrics.js';
import { meanMeasures } from './mean-measures.js';
import type { TrainingStep } from './training-step.js';

/** Rows that go through the model at once: enough to keep all cores busy, few enough for a convolution's memory. */
const PART_ROWS = 512;

/**
 * Loss and metrics on any number of rows, in parts of nearly equal size, so that at most two programs are compiled.
 *
 * @param rows row indices, at least one
 * @param metrics those that the step measures, in order
 */
export async function evaluateRows(
  step: TrainingStep,
  rows: Int32Array,
  metrics: readonly Metric[],
): Promise<Measures> {
  const parts = Math.ceil(rows.length / PART_ROWS);
  const means = meanMeasures(metrics);
  for (let i = 0; i < parts; i++) {
    const part = rows.slice(Math.round((i * rows.length) / parts), Math.round(((i + 1) * rows.length) / parts));
    const measured = step.evaluate(part);
    means.add((await measured.data()) as Float32Array, part.length);
    measured.dispose();
  }
  return means.take();
}
