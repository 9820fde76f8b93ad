import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';
import { InputError } from '../errors.js';
import { learningRateOf, setLearningRate } from '../optimizers/learning-rate.js';
import { resolveOptions } from '../options.js';
import { trainingCallback } from './training-callback.js';

/** The options of `warmUp`. */
export const WarmUpOptions = Type.Object(
  {
    startFactor: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: "share of the optimizer's rate with which the first step is taken",
    }),
  },
  { additionalProperties: false },
);

/** How far a warm-up has come, and the rate that it leads to; null before the first step. */
export interface WarmUpState {
  readonly step: number;
  readonly target: number | null;
}

/**
 * Raises the learning rate in a straight line from a share of the optimizer's rate to all of it, and then leaves it alone:
 * step t of the warm-up, from 0, has rate · (startFactor + (1 − startFactor) · t / steps). There is one warm-up in the life of
 * the callback, however many fits.
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
    throw new InputError(`the steps of a warm-up must be a whole number at least 1, came ${steps}`);
  }
  let step = 0;
  let target: number | null = null;
  return trainingCallback(
    'warmUp',
    {
      trainBegin({ optimizer }) {
        target ??= learningRateOf(optimizer);
        // Fails before an epoch is spent, where the rate cannot be set.
        setLearningRate(optimizer, learningRateOf(optimizer));
      },
      batchBegin({ optimizer }) {
        if (step > steps || target === null) return;
        setLearningRate(optimizer, target * (startFactor + ((1 - startFactor) * step) / steps));
        step += 1;
      },
    },
    {
      state: () => ({ step, target }),
      restore(state: WarmUpState) {
        ({ step, target } = state);
      },
    },
  );
}
