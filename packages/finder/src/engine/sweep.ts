import { dispose, nextFrame, type Tensor } from '@tensorflow/tfjs-core';
import { divergenceRule } from '@lrfind/core/sweep';
import { type Random, withMathRandom } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import type { TrainingStep } from './training-step.js';

/** Told after every measured step of a sweep. */
export interface StepEvent extends SweepStep {
  /** Seed of the repetition. */
  readonly seed: number;
  /** Number of the repetition, from 0, and how many there are. */
  readonly repetition: number;
  readonly repetitions: number;
  /** How many steps a repetition has at most. */
  readonly steps: number;
}

/** One repetition of the range test, ready to run. */
export interface Sweep {
  readonly seed: number;
  readonly step: TrainingStep;
  /** Learning rate of each step. */
  readonly rates: readonly number[];
  /** Endless batches of row numbers. */
  readonly batches: Iterator<Int32Array>;
  /** Rows on which the loss is measured now and then, or `undefined`. */
  readonly heldOut: Int32Array | undefined;
  /** Where custom layers draw from that use `Math.random`, and all noise on a backend that is not ours. */
  readonly random: Random;
  readonly onPoint: (point: SweepStep) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Losses wait on the device and are fetched so many at a time: on a GPU a look at each would cost more than the step.
 * The steps that were run ahead of a stop are not recorded, so the result does not depend on this number.
 */
const STEPS_PER_LOOK = 8;

/** The held-out loss is measured at most so many times in a sweep, evenly spread. */
const VALIDATIONS = 30;

/**
 * Trains one batch a step at the given rates until they end, the loss is not finite or it has risen for good.
 *
 * @throws the signal's reason when it is aborted
 */
export async function sweep({ seed, step, rates, batches, heldOut, random, onPoint, signal }: Sweep): Promise<Sweep> {
  const points: SweepStep[] = [];
  const verdict = divergenceRule(rates.length);
  const stride = Math.ceil(rates.length / VALIDATIONS);
  let waiting: Tensor[][] = [];
  step.reset(seed);
  try {
    for (let first = 0; first < rates.length; first += STEPS_PER_LOOK) {
      const last = Math.min(first + STEPS_PER_LOOK, rates.length);
      for (let i = first; i < last; i++) {
        const measured = [withMathRandom(random, () => step.train(batches.next().value, rates[i] as number))];
        waiting.push(measured);
        if (heldOut && i % stride === stride - 1) measured.push(step.evaluate(heldOut));
      }
      const losses = await Promise.all(waiting.map((measured) => Promise.all(measured.map((tensor) => tensor.data()))));
      dispose(waiting as never);
      waiting = [];
      for (const [offset, [loss, validation]] of losses.entries()) {
        const point = {
          step: first + offset,
          rate: rates[first + offset] as number,
          loss: finiteOrNull(loss?.[0]),
          ...(validation && { validation: finiteOrNull(validation[0]) }),
        };
        points.push(point);
        onPoint(point);
        const stopped = verdict(point.loss);
        if (stopped) return { seed, points, stopped };
      }
      // A breath for the event loop: progress bars, Ctrl-C and abort signals.
      await nextFrame();
      signal?.throwIfAborted();
    }
    return { seed, points, stopped: 'end' };
  } finally {
    dispose(waiting as never);
  }
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
