import { InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { learningRateOf, requireSettableRate, setLearningRate } from '../optimizers/learning-rate.js';
import { trainingCallback } from './training-callback.js';

/** The options of `warmUp`. */
export const WarmUpOptions = Type.Object(
  {
    startFactor: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: 'share of the rate with which the first step is taken',
    }),
  },
  { additionalProperties: false },
);

/** The progress of a warm-up. */
export interface WarmUpState {
  /** Steps taken. */
  readonly step: number;
}

/**
 * Raises the learning rate linearly from a share of it to all of it: step t of the warm-up, from 0, has the rate
 * rate · (startFactor + (1 − startFactor) · t / steps). The rate is the optimizer's, or what a callback earlier in the list
 * sets. Between steps the optimizer has the full rate, for other callbacks to see. Each callback warms up once, however
 * many fits it is used in.
 *
 * @param steps number of steps with less than the full rate
 * @throws InputError for another number of steps, and for an unknown option
 *
 * @example
 * await model.fit(xs, ys, { epochs: 5, callbacks: [warmUp(100, { startFactor: 0.01 })] });
 */
export function warmUp(
  steps: number,
  options: Partial<Static<typeof WarmUpOptions>> = {},
): Callback & { state(): WarmUpState; restore(state: WarmUpState): void } {
  const { startFactor } = resolveOptions(WarmUpOptions, options);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new InputError(`steps of a warm-up must be a whole number at least 1; got ${steps}`);
  }
  let step = 0;
  /** The rate of the present step, and the full rate that it is a share of. */
  let applied: { readonly rate: number; readonly full: number } | undefined;
  return trainingCallback(
    'warmUp',
    {
      trainBegin: ({ optimizer }) => requireSettableRate(optimizer),
      batchBegin({ optimizer }) {
        if (step >= steps) return;
        const now = learningRateOf(optimizer);
        // A fit that was interrupted within a step has not put the full rate back.
        const full = applied && applied.rate === now ? applied.full : now;
        applied = { rate: full * (startFactor + ((1 - startFactor) * step) / steps), full };
        setLearningRate(optimizer, applied.rate);
        step += 1;
      },
      batchEnd({ optimizer }) {
        if (applied) setLearningRate(optimizer, applied.full);
        applied = undefined;
      },
    },
    {
      state: () => ({ step }),
      restore(state: WarmUpState) {
        step = state.step;
      },
    },
    { steps, startFactor },
  );
}
