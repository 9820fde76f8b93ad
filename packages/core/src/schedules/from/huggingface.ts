import type { Static } from 'typebox';
import * as Type from 'typebox';
import { InputError } from '../../errors.js';
import { choice } from '../../options.js';
import { positive, rate, steps, stepsOrNone } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, translate } from './foreign.js';

const lr = rate("the optimizer's learning rate");
const warmed = { lr, num_warmup_steps: stepsOrNone('steps of the warm-up') };
const trained = { ...warmed, num_training_steps: stepsOrNone('steps of warm-up and decay together') };
/** `get_scheduler` takes these for every name, also for schedules that do not use them. */
const unusedEnd = { num_training_steps: Type.Optional(trained.num_training_steps) };
const unused = { num_warmup_steps: Type.Optional(warmed.num_warmup_steps), ...unusedEnd };
const halfWave = positive(0.5, 'cosine waves in the decay; with 0.5 the rate only falls');
const floor = {
  min_lr: Type.Optional(rate('lowest rate')),
  min_lr_rate: Type.Optional(rate('lowest rate as a share of lr')),
};
const shapes = ['linear', 'cosine', '1-sqrt'] as const;
const Trained = Type.Object(trained);

/** The schedules of transformers, by their names in `get_scheduler`. `lr` is the optimizer's rate. */
export const huggingfaceSchedules: ForeignTable = {
  constant: foreignKind(Type.Object({ lr, ...unused }), ({ lr }) => lr),
  constant_with_warmup: foreignKind(Type.Object({ ...warmed, ...unusedEnd }), (h) => afterWarmup(h, h.lr)),
  linear: foreignKind(Trained, (h) => afterWarmup(h, fall(h, { name: 'polynomial', end: 0 }, 0))),
  cosine: foreignKind(Type.Object({ ...trained, num_cycles: halfWave }), (h) => afterWarmup(h, wave(h, 0))),
  cosine_with_restarts: foreignKind(
    Type.Object({ ...trained, num_cycles: positive(1, 'half cosines in the decay') }),
    (h) => {
      const steps = decaySteps(h);
      const cosines = { name: 'cosine-restarts', rate: h.lr, steps: steps / h.num_cycles, tMul: 1 };
      const over = h.num_training_steps <= h.num_warmup_steps;
      return afterWarmup(h, over ? 0 : { name: 'join', schedules: [cosines, 0], at: [steps] });
    },
  ),
  polynomial: foreignKind(
    Type.Object({ ...trained, lr_end: rate('rate at the end', 1e-7), power: rate('exponent of the decay', 1) }),
    (h) => {
      if (h.lr_end >= h.lr) throw new InputError(`polynomial.lr_end must be below lr; got ${h.lr_end} and ${h.lr}`);
      return afterWarmup(h, fall(h, { name: 'polynomial', end: h.lr_end, power: h.power }, h.lr_end));
    },
  ),
  inverse_sqrt: foreignKind(
    Type.Object({
      ...warmed,
      ...unusedEnd,
      timescale: Type.Optional(steps('steps in which the rate falls by √2 (default: num_warmup_steps)')),
    }),
    (h) =>
      afterWarmup(h, { name: 'inverse-sqrt', rate: h.lr, timescale: h.timescale ?? (h.num_warmup_steps || 10_000) }),
  ),
  cosine_with_min_lr: foreignKind(Type.Object({ ...trained, num_cycles: halfWave, ...floor }), (h) =>
    afterWarmup(h, wave(h, floorOf('cosine_with_min_lr', h))),
  ),
  cosine_warmup_with_min_lr: foreignKind(
    Type.Object({
      ...trained,
      num_cycles: halfWave,
      ...floor,
      warmup_lr_rate: Type.Optional(rate('rate at step 0 as a share of lr (default: 1 / num_warmup_steps)')),
    }),
    (h) => {
      const cosine = wave(h, floorOf('cosine_warmup_with_min_lr', h));
      const last = h.num_warmup_steps - 1;
      const first = h.warmup_lr_rate ?? 1 / h.num_warmup_steps;
      // In transformers everything is one step early: the cosine begins at the last step of the warm-up.
      if (last > 0) return { name: 'warmup', schedule: cosine, steps: last, start: h.lr * first };
      if (last < 0) return { name: 'join', schedules: [h.lr, cosine], at: [last] };
      return { name: 'warmup', schedule: cosine, steps: 1, start: h.lr * first, overlap: true };
    },
  ),
  warmup_stable_decay: foreignKind(
    Type.Object({
      ...warmed,
      num_decay_steps: stepsOrNone('steps of the decay'),
      num_training_steps: Type.Optional(stepsOrNone('steps of the whole training; replaces num_stable_steps')),
      num_stable_steps: Type.Optional(stepsOrNone('steps at lr')),
      warmup_type: choice(shapes, { default: 'linear', description: 'curve of the warm-up' }),
      decay_type: choice(shapes, { default: 'cosine', description: 'curve of the decay' }),
      min_lr_ratio: rate('rate at both ends as a share of lr', 0),
      num_cycles: halfWave,
    }),
    (h) => {
      const stable =
        h.num_stable_steps ?? (h.num_training_steps ?? Number.NaN) - h.num_warmup_steps - h.num_decay_steps;
      if (!(stable >= 0)) {
        throw new InputError(
          'warmup_stable_decay needs num_stable_steps, or num_training_steps of at least num_warmup_steps + num_decay_steps',
        );
      }
      const end = h.lr * h.min_lr_ratio;
      const ends = { rate: h.lr, warmup: h.num_warmup_steps, stable, start: end, end, warmupShape: h.warmup_type };
      const whole = { name: 'warmup-stable-decay', ...ends, decay: h.num_decay_steps, shape: h.decay_type };
      if (h.decay_type !== 'cosine' || h.num_cycles === 0.5 || h.num_decay_steps === 0) return whole;
      const steps = h.num_decay_steps / (2 * h.num_cycles);
      const waves = { name: 'cosine', rate: h.lr, steps, alpha: h.min_lr_ratio, hold: false };
      const from = h.num_warmup_steps + stable;
      return { name: 'join', schedules: [whole, waves, end], at: [from, from + h.num_decay_steps] };
    },
  ),
  reduce_lr_on_plateau: 'it follows a metric and is not a function of the step',
  greedy: 'it follows a metric and is not a function of the step',
};

function decaySteps(h: Static<typeof Trained>): number {
  return Math.max(1, h.num_training_steps - h.num_warmup_steps);
}

/** A linear warm-up from 0 to lr, even if the decay begins at another rate. */
function afterWarmup({ lr, num_warmup_steps: steps }: { lr: number; num_warmup_steps: number }, decay: ScheduleSpec) {
  return steps > 0 ? { name: 'warmup', schedule: decay, steps, target: lr } : decay;
}

/** A decay over the steps after the warm-up; without such steps, the end itself. */
function fall(
  h: Static<typeof Trained>,
  decay: { name: string; end: number; power?: number },
  end: number,
): ScheduleSpec {
  return h.num_training_steps > h.num_warmup_steps ? { rate: h.lr, steps: decaySteps(h), ...decay } : end;
}

/** A cosine that continues after its end. */
function wave(h: Static<typeof Trained> & { num_cycles: number }, alpha: number): ScheduleSpec {
  return { name: 'cosine', rate: h.lr, steps: decaySteps(h) / (2 * h.num_cycles), alpha, hold: false };
}

function floorOf(name: string, h: { lr: number; min_lr?: number; min_lr_rate?: number }): number {
  if ((h.min_lr === undefined) === (h.min_lr_rate === undefined)) {
    throw new InputError(`${name} needs either min_lr or min_lr_rate`);
  }
  return h.min_lr_rate ?? (h.min_lr as number) / h.lr;
}

/**
 * Translates a schedule of transformers. Its parameters include `lr`, and specific arguments next to the common ones.
 */
export function huggingface(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('Hugging Face', huggingfaceSchedules, name, parameters);
}
