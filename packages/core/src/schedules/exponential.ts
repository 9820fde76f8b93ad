import * as Type from 'typebox';
import { flag, rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rate · factor^(t / steps), limited by `bound`. With `staircase` the exponent is rounded down, which is also called
 * step decay. Keras's ExponentialDecay; the bound is optax's end_value.
 */
export const exponential = scheduleKind({
  name: 'exponential',
  summary: 'changes by a constant factor, smoothly or in stairs (step decay)',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: trainingSteps('steps in which the rate changes by the factor'),
      factor: rate('factor by which the rate changes in that time'),
      staircase: flag(false, 'whether the rate changes in stairs'),
      bound: Type.Optional(rate('limit of the rate: the lowest if the factor is below 1, otherwise the highest')),
    },
    { additionalProperties: false },
  ),
  create({ rate, steps, factor, staircase, bound }) {
    const limit = factor < 1 ? Math.max : Math.min;
    const decay = (t: number) => {
      const decayed = rate * factor ** (staircase ? Math.floor(t / steps) : t / steps);
      return bound === undefined ? decayed : limit(decayed, bound);
    };
    // Until the rate has changed a hundredfold, but at least 3 and at most 100 times `steps`.
    const times = Math.min(100, Math.max(3, Math.log(100) / Math.abs(Math.log(factor))));
    return Object.assign(decay, {
      span: { steps: times * steps, ends: false },
      // A stair that no training reaches leaves a constant rate.
      ...(staircase && { extent: { steps, spent: false } }),
    });
  },
});
