import * as Type from 'typebox';
import { flag, positive, rate, stepsOrNone, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rate · ((1 − alpha) · (½(1 + cos πp))^exponent + alpha) with p = (min(u, steps) / steps)^kDecay and u = t − warmup.
 * For t < warmup it is a straight line from `start` to `rate`. Keras's CosineDecay, whose decay_steps exclude the
 * warm-up too (Loshchilov and Hutter, 2017). The exponent is optax's, kDecay is timm's, and `hold` false is PyTorch's
 * CosineAnnealingLR.
 */
export const cosine = scheduleKind({
  name: 'cosine',
  summary: 'half a cosine from the rate down to a share of it, after an optional warm-up',
  parameters: Type.Object(
    {
      rate: rate('the highest learning rate, from which the cosine falls'),
      steps: trainingSteps('steps of the cosine, without the warm-up'),
      alpha: rate('rate at the end, as a share of the highest', 0),
      warmup: stepsOrNone('steps of a linear warm-up before the cosine', 0),
      start: rate('learning rate at which the warm-up starts', 0),
      exponent: positive(1, 'power of the cosine'),
      kDecay: positive(1, 'power of the progress: above 1 the rate stays high for longer'),
      hold: flag(true, 'whether the rate stays at the end; otherwise the cosine continues and rises again'),
    },
    { additionalProperties: false },
  ),
  autoSteps: (length, { warmup }) => length - Number(warmup ?? 0),
  create: ({ rate, steps, alpha, warmup, start, exponent, kDecay, hold }) => {
    const curve = (t: number) => {
      if (t < warmup) return start + (rate - start) * (t / warmup);
      const share = (t - warmup) / steps;
      const progress = (hold ? Math.min(1, share) : share) ** kDecay;
      return rate * ((1 - alpha) * (0.5 * (1 + Math.cos(Math.PI * progress))) ** exponent + alpha);
    };
    return Object.assign(curve, {
      span: { steps: warmup + (hold ? steps : 2 * steps), ends: hold },
      extent: { steps: warmup + steps, spent: hold },
    });
  },
});
