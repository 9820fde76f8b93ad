import Type from 'typebox';
import { choice } from '../options.js';
import { rate, stepsOrNone } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** What is left after a share p of the way down, from 1 to 0. */
const shapes = {
  linear: (p: number) => 1 - p,
  cosine: (p: number) => 0.5 * (1 + Math.cos(Math.PI * p)),
  '1-sqrt': (p: number) => 1 - Math.sqrt(p),
};
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/**
 * A warm-up, a plateau and a decay: (rate − start) · s(1 − t / warmup) + start; rate; (rate − end) · s(p) + end, p being the share
 * of the decay that is over; then end. s(p) is 1 − p, ½(1 + cos πp) or 1 − √p. Also called trapezoidal; 1-sqrt is from Hägele
 * et al. (2024).
 */
export const warmupStableDecay = scheduleKind({
  name: 'warmup-stable-decay',
  summary: 'up, level, down: a warm-up, a constant rate, and a decay along a line, a cosine or 1 − √p',
  parameters: Type.Object(
    {
      rate: rate('learning rate of the plateau'),
      warmup: stepsOrNone('steps of the warm-up'),
      stable: stepsOrNone('steps at the full rate'),
      decay: stepsOrNone('steps of the decay'),
      shape: choice(names, { default: 'cosine', description: 'along what the rate decays' }),
      start: rate('learning rate at step 0', 0),
      end: rate('learning rate at the end and after it', 0),
      warmupShape: choice(names, {
        default: 'linear',
        description: 'along what the rate rises: the decay of that name, mirrored',
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
    return Object.assign(curve, { span: { steps: warmup + stable + decay, ends: true } });
  },
});
