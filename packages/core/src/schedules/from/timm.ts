import type { Static } from 'typebox';
import * as Type from 'typebox';
import { InputError } from '../../errors.js';
import { choice } from '../../options.js';
import { flag, positive, rate, steps, stepsOrNone } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, shareOf, translate } from './foreign.js';
import { stableDecay } from './timm-stable-decay.js';

const common = {
  lr: rate("the optimizer's learning rate"),
  warmup_t: stepsOrNone('steps of the warm-up', 0),
  warmup_lr_init: rate('rate at step 0', 0),
  t_in_epochs: flag(true, 'ignored: t counts whatever the caller counts'),
  noise_range_t: Type.Optional(Type.Unknown({ description: 'steps with noise' })),
  noise_pct: Type.Number({ default: 0.67, description: 'bound of the noise' }),
  noise_std: Type.Number({ default: 1, description: 'size of the noise' }),
  noise_seed: Type.Number({ default: 42, description: 'seed of the noise' }),
  initialize: flag(true, 'ignored: there is no optimizer'),
};
const Common = Type.Object(common);
const cycles = {
  ...common,
  t_initial: steps('steps of the first cycle'),
  lr_min: rate('lowest rate', 0),
  cycle_mul: positive(1, 'ratio of the length of a cycle to that of the one before'),
  cycle_decay: rate('ratio of the highest rate of a cycle to that of the one before', 1),
  cycle_limit: Type.Integer({
    minimum: 0,
    default: 1,
    description: 'number of cycles; the rate is lr_min after them',
  }),
  warmup_prefix: flag(false, 'whether the cycles begin after the warm-up'),
};
const Cycles = Type.Object(cycles);
const kDecay = positive(1, 'power of the progress');
const multiplied = {
  decay_rate: rate('factor of each change', 1),
  warmup_prefix: flag(true, 'whether the changes count from the end of the warm-up'),
};

/** The schedulers of timm (`timm.scheduler`), by class name. `lr` is the optimizer's rate. */
export const timmSchedules: ForeignTable = {
  CosineLRScheduler: foreignKind(Type.Object({ ...cycles, k_decay: kDecay }), (p) =>
    afterWarmup(
      p,
      p.lr,
      repeated(p, (top, steps) => ({
        name: 'cosine',
        rate: top,
        steps,
        alpha: shareOf(p.lr_min, top, 'CosineLRScheduler.lr_min'),
        kDecay: p.k_decay,
      })),
    ),
  ),
  PolyLRScheduler: foreignKind(
    Type.Object({ ...cycles, power: rate('exponent of the decay', 0.5), k_decay: kDecay }),
    (p) =>
      afterWarmup(
        p,
        p.lr,
        repeated(p, (rate, steps) => ({
          name: 'polynomial',
          rate,
          steps,
          end: p.lr_min,
          power: p.power,
          kDecay: p.k_decay,
        })),
      ),
  ),
  TanhLRScheduler: foreignKind(
    Type.Object({
      ...cycles,
      lb: Type.Number({ default: -7, description: 'argument of the tangent at the start of a cycle' }),
      ub: Type.Number({ default: 3, description: 'argument of the tangent at the end of a cycle' }),
    }),
    (p) => {
      const tangents = repeated(p, (rate, steps) => ({
        name: 'tanh',
        rate,
        steps,
        end: p.lr_min,
        lower: p.lb,
        upper: p.ub,
      }));
      // The only scheduler whose warm-up ends at the curve's rate there, rather than at lr.
      return afterWarmup(p, p.warmup_prefix ? p.lr : undefined, tangents);
    },
  ),
  StepLRScheduler: foreignKind(
    Type.Object({ ...common, ...multiplied, decay_t: steps('steps between changes') }),
    (p) =>
      afterWarmup(p, p.lr, {
        name: 'exponential',
        rate: p.lr,
        steps: p.decay_t,
        factor: p.decay_rate,
        staircase: true,
      }),
  ),
  MultiStepLRScheduler: foreignKind(
    Type.Object({
      ...common,
      ...multiplied,
      decay_t: Type.Array(Type.Number(), {
        description: 'steps of the changes, rising; timm makes each one step early',
      }),
    }),
    (p) =>
      afterWarmup(p, p.lr, {
        name: 'piecewise-constant',
        rates: [p.lr, ...p.decay_t.map((_, i) => p.lr * p.decay_rate ** (i + 1))],
        at: p.decay_t.map((milestone) => milestone - 1),
        side: 'later',
      }),
  ),
  WSDLRScheduler: foreignKind(
    Type.Object({
      ...common,
      t_initial: steps('steps at the full rate and of the decay, together'),
      decay_t: steps('steps of the decay'),
      lr_min: rate('rate at the end', 0),
      stable_fn: choice(['constant', 'rsqrt', 'power'], {
        default: 'constant',
        description: 'the rate before the decay',
      }),
      stable_timescale: Type.Optional(steps('timescale of rsqrt (default: warmup_t)')),
      stable_power: positive(0.5, 'power of stable_fn power'),
      decay_fn: choice(['linear', '1-sqrt', 'cosine', 'power', 'exp'], {
        default: '1-sqrt',
        description: 'shape of the decay',
      }),
      decay_power: positive(0.5, 'power of decay_fn power'),
      decay_ratio: Type.Number({
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.1,
        description: 'shape of decay_fn exp',
      }),
    }),
    (p) => afterWarmup({ ...p, warmup_prefix: true }, p.lr, stableDecay(p)),
  ),
  PlateauLRScheduler: 'it follows a metric and is not a function of the step',
};

/** Adds the warm-up: a straight line to `target`, or to the curve if that is left out. */
function afterWarmup(
  p: Static<typeof Common> & { warmup_prefix: boolean },
  target: number | undefined,
  schedule: ScheduleSpec,
): ScheduleSpec {
  if (p.noise_range_t !== undefined) {
    throw new InputError('timm: noise_range_t is not available: the noise comes from a random generator of PyTorch');
  }
  if (p.warmup_t === 0) return schedule;
  return { name: 'warmup', schedule, steps: p.warmup_t, start: p.warmup_lr_init, overlap: !p.warmup_prefix, target };
}

/** Cycles one after another, then lr_min. */
function repeated(p: Static<typeof Cycles>, cycle: (top: number, steps: number) => ScheduleSpec): ScheduleSpec {
  const lengths = Array.from({ length: p.cycle_limit }, (_, i) => p.t_initial * p.cycle_mul ** i);
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  const schedules = lengths.map((steps, i) => cycle(p.lr * p.cycle_decay ** i, steps));
  return { name: 'join', schedules: [...schedules, p.lr_min], at: ends };
}

/**
 * Translates a timm scheduler, given by its class name and the parameters of its constructor; `lr` replaces the
 * optimizer.
 */
export function timm(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('timm', timmSchedules, name, parameters);
}
