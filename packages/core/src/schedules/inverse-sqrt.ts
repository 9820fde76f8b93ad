import * as Type from 'typebox';
import { rate, stepsByDefault } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rate / √(1 + t / timescale). After a warm-up of W = `timescale` steps, this is rate · min(s / W, √(W / s)) at step s
 * of the whole: the schedule of the transformer (Vaswani et al., 2017).
 */
export const inverseSqrt = scheduleKind({
  name: 'inverse-sqrt',
  summary: 'falls with the inverse square root of the step, as for transformers',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      timescale: stepsByDefault(10_000, 'steps after which the rate has fallen by √2'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, timescale }) =>
    Object.assign((t: number) => rate / Math.sqrt(1 + t / timescale), { span: { steps: 10 * timescale, ends: false } }),
});
