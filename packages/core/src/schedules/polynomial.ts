import * as Type from 'typebox';
import { flag, positive, rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * (rate − end)(1 − p)^power + end with p = (min(t, steps) / steps)^kDecay. Linear by default, and rising if end is
 * above rate. With `cycle`, `steps` is replaced by its smallest multiple that is at least t. Keras's PolynomialDecay;
 * kDecay is from Zhang and Li (2020, "k-decay") and timm.
 */
export const polynomial = scheduleKind({
  name: 'polynomial',
  summary: 'from one rate to another, along a straight line or a power of it',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: trainingSteps('steps until the end'),
      end: rate('learning rate at the end and after it', 1e-4),
      power: rate('exponent of the decay: 1 is a straight line', 1),
      cycle: flag(false, 'whether the decay restarts after its end, each time over more steps'),
      kDecay: positive(1, 'power of the progress: above 1 the rate stays high for longer'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, end, power, cycle, kDecay }) => {
    // As in Keras, the rate at a multiple of `steps` is still the end; the next cycle begins after it.
    const length = (t: number) => (cycle ? steps * Math.max(1, Math.ceil(t / steps)) : steps);
    return Object.assign((t: number) => (rate - end) * (1 - Math.min(1, t / length(t)) ** kDecay) ** power + end, {
      span: cycle ? { steps: 3 * steps, ends: false } : { steps, ends: true },
      extent: { steps, spent: !cycle && end < rate },
    });
  },
});
