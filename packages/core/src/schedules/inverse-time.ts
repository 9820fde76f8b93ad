import Type from 'typebox';
import { flag, rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** rate / (1 + decay · t / steps), the quotient t / steps rounded down with `staircase`. Keras's InverseTimeDecay. */
export const inverseTime = scheduleKind({
  name: 'inverse-time',
  summary: 'divides by a number that grows steadily',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: steps('steps in which the divisor grows by the decay'),
      decay: rate('what is added to the divisor in that time'),
      staircase: flag(false, 'whether the rate stands still in between and changes at once'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, decay, staircase }) =>
    Object.assign((t: number) => rate / (1 + decay * (staircase ? Math.floor(t / steps) : t / steps)), {
      // Until the rate has fallen tenfold, if that comes soon enough.
      span: { steps: Math.min(100, 9 / decay) * steps, ends: false },
    }),
});
