import { InputError } from '../../errors.js';
import type { ScheduleSpec } from '../schedule.js';

/** Arguments of WSDLRScheduler. */
interface StableDecay {
  lr: number;
  warmup_t: number;
  t_initial: number;
  decay_t: number;
  lr_min: number;
  stable_fn: string;
  stable_timescale?: number;
  decay_fn: string;
  decay_power: number;
}

/**
 * timm's WSDLRScheduler after its warm-up: a constant or falling rate, then a decay that ends at t_initial.
 *
 * @throws InputError for parameters whose shape no kind of schedule has
 */
export function stableDecay(p: StableDecay): ScheduleSpec {
  if (p.decay_t > p.t_initial) {
    throw new InputError(`WSDLRScheduler.decay_t must be at most t_initial; got ${p.decay_t} and ${p.t_initial}`);
  }
  if (p.decay_fn === 'exp')
    throw new InputError('timm: decay_fn exp is not available: no kind of schedule has its shape');
  if (p.stable_fn === 'power')
    throw new InputError('timm: stable_fn power is not available; rsqrt is, which is its power 0.5');
  const decay = (top: number, end: number): ScheduleSpec => ({
    name: 'join',
    at: [p.t_initial - p.decay_t],
    schedules: [
      top,
      p.decay_fn === 'power'
        ? { name: 'polynomial', rate: top, steps: p.decay_t, end, kDecay: p.decay_power }
        : { name: 'warmup-stable-decay', rate: top, warmup: 0, stable: 0, decay: p.decay_t, shape: p.decay_fn, end },
    ],
  });
  if (p.stable_fn === 'constant') return decay(p.lr, p.lr_min);
  if (p.lr_min > 0) throw new InputError('timm: stable_fn rsqrt with lr_min is not available: it is then no product');
  const timescale = p.stable_timescale ?? p.warmup_t;
  return { name: 'product', schedules: [{ name: 'inverse-sqrt', rate: p.lr, timescale }, decay(1, 0)] };
}
