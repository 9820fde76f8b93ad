import Type from 'typebox';
import { positive, rate } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rate / √(1 + t / timescale). With a warm-up of `timescale` steps around it this is rate · min(s / W, √(W / s)), the schedule of
 * the transformer (Vaswani et al., 2017).
 */
export const inverseSqrt = scheduleKind({
  name: 'inverse-sqrt',
  summary: 'falls as the square root of the step, as transformers are trained',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      timescale: positive(10_000, 'steps after which the rate has fallen by √2'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, timescale }) =>
    Object.assign((t: number) => rate / Math.sqrt(1 + t / timescale), { span: { steps: 10 * timescale, ends: false } }),
});
