import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';
import { InputError, resolveOptions } from '@lrfind/core';
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

/** How many steps of a warm-up have been taken. */
export interface WarmUpState {
  readonly step: number;
}

/**
 * Raises the learning rate in a straight line from a share to all of it, and then leaves it alone: step t of the warm-up,
 * from 0, has rate · (startFactor + (1 − startFactor) · t / steps). The rate is the optimizer's, or what a callback before
 * this one in the list sets it to. Between steps the optimizer has the full rate, so that others go on from that one. There
 * is one warm-up in the life of the callback, however many fits.
 *
 * @param steps how many steps are taken with less than the full rate
 * @throws InputError for another number of steps, and for an unknown option
 */
export function warmUp(
  steps: number,
  options: Partial<Static<typeof WarmUpOptions>> = {},
): Callback & { state(): WarmUpState; restore(state: WarmUpState): void } {
  const { startFactor } = resolveOptions(WarmUpOptions, options);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new InputError(`the steps of a warm-up must be a whole number at least 1; got ${steps}`);
  }
  let step = 0;
  /** The share that the present step was given, and the rate that it is of. */
  let lent: { readonly rate: number; readonly full: number } | undefined;
  return trainingCallback(
    'warmUp',
    {
      trainBegin: ({ optimizer }) => requireSettableRate(optimizer),
      batchBegin({ optimizer }) {
        if (step >= steps) return;
        const now = learningRateOf(optimizer);
        // A fit that broke off in the middle of a step has not given the full rate back.
        const full = lent && lent.rate === now ? lent.full : now;
        lent = { rate: full * (startFactor + ((1 - startFactor) * step) / steps), full };
        setLearningRate(optimizer, lent.rate);
        step += 1;
      },
      batchEnd({ optimizer }) {
        if (lent) setLearningRate(optimizer, lent.full);
        lent = undefined;
      },
    },
    {
      state: () => ({ step }),
      restore(state: WarmUpState) {
        step = state.step;
      },
    },
  );
}
