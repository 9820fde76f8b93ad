import Type from 'typebox';
import { flag, rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rate · factor^(t / steps), the exponent rounded down with `staircase`; never past `bound`. Keras's ExponentialDecay; the
 * staircase is also called step decay.
 */
export const exponential = scheduleKind({
  name: 'exponential',
  summary: 'multiplies by a factor every so many steps: smoothly, or at once (step decay)',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: steps('steps in which the rate changes by the factor'),
      factor: rate('what the rate is multiplied by in that time'),
      staircase: flag(false, 'whether the rate stands still in between and changes at once'),
      bound: Type.Optional(rate('rate that it does not pass: the lowest for a factor below 1, else the highest')),
    },
    { additionalProperties: false },
  ),
  create({ rate, steps, factor, staircase, bound }) {
    const within = factor < 1 ? Math.max : Math.min;
    const decay = (t: number) => {
      const decayed = rate * factor ** (staircase ? Math.floor(t / steps) : t / steps);
      return bound === undefined ? decayed : within(decayed, bound);
    };
    // Until the rate has changed a hundredfold, if that comes soon enough.
    const times = Math.min(100, Math.max(3, Math.log(100) / Math.abs(Math.log(factor))));
    return Object.assign(decay, { span: { steps: times * steps, ends: false } });
  },
});
