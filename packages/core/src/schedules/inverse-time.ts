import * as Type from 'typebox';
import { flag, rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** rate / (1 + decay · t / steps). With `staircase`, t / steps is rounded down. Keras's InverseTimeDecay. */
export const inverseTime = scheduleKind({
  name: 'inverse-time',
  summary: 'divides the rate by a divisor that grows linearly',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: trainingSteps('steps in which the divisor grows by the decay'),
      decay: rate('increase of the divisor in that time'),
      staircase: flag(false, 'whether the rate changes in stairs'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, decay, staircase }) =>
    Object.assign((t: number) => rate / (1 + decay * (staircase ? Math.floor(t / steps) : t / steps)), {
      // Until the rate has fallen tenfold, but at most 100 times `steps`.
      span: { steps: Math.min(100, 9 / decay) * steps, ends: false },
      ...(staircase && { extent: { steps, spent: false } }),
    }),
});
