import * as Type from 'typebox';
import { choice } from '../options.js';
import { rate, stepsOrNone } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** The remaining height, from 1 to 0, after a share p of the decay. */
const shapes = {
  linear: (p: number) => 1 - p,
  cosine: (p: number) => 0.5 * (1 + Math.cos(Math.PI * p)),
  '1-sqrt': (p: number) => 1 - Math.sqrt(p),
};
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/**
 * A warm-up, (rate − start) · s(1 − t / warmup) + start; a plateau at `rate`; a decay, (rate − end) · s(p) + end after
 * a share p of it; then `end`. The shape s(p) is 1 − p, ½(1 + cos πp) or 1 − √p. Also called trapezoidal; 1-sqrt is
 * from Hägele et al. (2024).
 */
export const warmupStableDecay = scheduleKind({
  name: 'warmup-stable-decay',
  summary: 'a warm-up, a constant rate, and a decay along a line, a cosine or 1 − √p',
  parameters: Type.Object(
    {
      rate: rate('learning rate of the plateau'),
      warmup: stepsOrNone('steps of the warm-up'),
      stable: stepsOrNone('steps at the full rate'),
      decay: stepsOrNone('steps of the decay'),
      shape: choice(names, { default: 'cosine', description: 'curve of the decay' }),
      start: rate('learning rate at step 0', 0),
      end: rate('learning rate at the end and after it', 0),
      warmupShape: choice(names, {
        default: 'linear',
        description: 'curve of the warm-up: the decay of that name, mirrored',
      }),
    },
    { additionalProperties: false },
  ),
  create({ rate, warmup, stable, decay, shape, start, end, warmupShape }) {
    const curve = (t: number) => {
      if (t < warmup) return (rate - start) * shapes[warmupShape](1 - t / warmup) + start;
      if (t < warmup + stable) return rate;
      if (t < warmup + stable + decay) return (rate - end) * shapes[shape]((t - warmup - stable) / decay) + end;
      return end;
    };
    return Object.assign(curve, {
      span: { steps: warmup + stable + decay, ends: true },
      extent: { steps: warmup + stable + decay, spent: end < rate },
    });
  },
});
