import { mean, type Random, withMathRandom } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import { divergenceRule } from '@lrfind/core/sweep';
import type { Tensor } from '@tensorflow/tfjs-core';
import { READBACK_MS, readback, yieldToEvents } from './readback.js';
import type { TrainingStep } from './training-step.js';

/** One sweep over the rates, ready to run. */
export interface SweepPlan {
  readonly seed: number;
  readonly step: TrainingStep;
  /** Learning rate of each step. */
  readonly rates: readonly number[];
  /** Endless batches of row indices. */
  readonly batches: Iterator<Int32Array>;
  /** Rows on which the loss is measured now and then; `undefined` for none. */
  readonly heldOut: Int32Array | undefined;
  /** Where custom layers that use `Math.random` draw from, and all noise on a backend that is not lrfind's. */
  readonly random: Random;
  /** Called after every measured step. */
  readonly onPoint: (point: SweepStep) => void;
  /** Called each time that measurements were read, with the number of steps so far. */
  readonly onRead?: ((steps: number) => Promise<void> | void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Steps between two readbacks, at most. Steps that were run beyond the point of divergence are not recorded, so the result does not
 * depend on this number.
 */
const READBACK_INTERVAL = 8;

/** Measurements of the validation loss in a sweep, evenly spread. */
const HELD_OUT_MEASUREMENTS = 30;

/**
 * Trains one batch a step at the given rates, or as many as make an update, until the last rate, a loss that is not finite, or divergence.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runSweep(plan: SweepPlan): Promise<Sweep> {
  const { seed, step, rates, batches, heldOut, random, onPoint, onRead, signal } = plan;
  const points: SweepStep[] = [];
  const stopsAt = divergenceRule(rates.length);
  const stride = Math.ceil(rates.length / HELD_OUT_MEASUREMENTS);
  const losses = readback<number>();
  step.reset(seed);
  try {
    while (points.length < rates.length) {
      const last = Math.min(points.length + READBACK_INTERVAL, rates.length);
      const due = performance.now() + READBACK_MS;
      for (let i = points.length; i < last && (losses.waiting === 0 || performance.now() < due); i++) {
        const measured: Tensor[] = [];
        // Added before anything is measured, so that all of it is freed where a later measurement fails.
        losses.add(measured, i);
        for (let batch = 0; batch < step.batchesPerUpdate; batch++)
          measured.push(withMathRandom(random, () => step.train(batches.next().value, rates[i] as number)));
        if (heldOut && i % stride === stride - 1) measured.push(step.evaluate(heldOut));
      }
      for (const { values, context } of await losses.read()) {
        const ofBatches = values.slice(0, step.batchesPerUpdate).map((loss) => loss[0] as number);
        const validation = values[step.batchesPerUpdate];
        const point = {
          step: context,
          rate: rates[context] as number,
          loss: finiteOrNull(mean(ofBatches)),
          ...(validation && { validation: finiteOrNull(validation[0]) }),
        };
        points.push(point);
        onPoint(point);
        const stopped = stopsAt(point.loss);
        if (stopped) return { seed, points, stopped };
      }
      await onRead?.(points.length);
      await yieldToEvents(signal);
    }
    return { seed, points, stopped: 'end' };
  } finally {
    losses.dispose();
  }
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
