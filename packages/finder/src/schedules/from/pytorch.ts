import Type from 'typebox';
import { InputError } from '../../errors.js';
import { choice } from '../../options.js';
import { flag, momentum, numberFunction, positive, rate, steps } from '../parameters.js';
import type { ScheduleSpec } from '../schedule-spec.js';
import { type ForeignTable, foreignKind, shareOf, translate } from './foreign.js';

const lr = rate("the optimizer's learning rate");
const totalIters = Type.Integer({ minimum: 1, default: 5, description: 'steps until it is over' });
const members = Type.Array(
  Type.Unsafe<{ readonly name: string; readonly [parameter: string]: unknown }>({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' } },
    allowed: 'an object with name and parameters, without lr',
  }),
  { description: 'the schedulers, such as { name: "ExponentialLR", gamma: 0.9 }; lr is that of the whole' },
);

/** PyTorch's schedulers (torch.optim.lr_scheduler), by class name. `lr` stands for the optimizer's rate. */
export const pytorchSchedules: ForeignTable = {
  LambdaLR: foreignKind(
    Type.Object({ lr, lr_lambda: numberFunction('factor of lr at each step') }),
    ({ lr, lr_lambda }) =>
      (t: number) =>
        lr * lr_lambda(t),
  ),
  MultiplicativeLR: foreignKind(
    Type.Object({ lr, lr_lambda: numberFunction('factor from each step to the next, first asked for step 1') }),
    ({ lr, lr_lambda }) => {
      const rates = [lr];
      return (t: number) => {
        for (let step = rates.length; step <= t; step++) rates.push((rates[step - 1] as number) * lr_lambda(step));
        return rates[Math.floor(t)] as number;
      };
    },
  ),
  StepLR: foreignKind(
    Type.Object({ lr, step_size: steps('steps between changes'), gamma: rate('factor of each change', 0.1) }),
    ({ lr, step_size, gamma }) => ({
      name: 'exponential',
      rate: lr,
      steps: step_size,
      factor: gamma,
      staircase: true,
    }),
  ),
  MultiStepLR: foreignKind(
    Type.Object({
      lr,
      milestones: Type.Array(Type.Integer({ minimum: 0 }), { description: 'steps at which the rate changes' }),
      gamma: rate('factor of each change', 0.1),
    }),
    ({ lr, milestones, gamma }) => {
      // A milestone that is named twice counts twice.
      const at = [...new Set(milestones)].sort((a, b) => a - b);
      const passed = at.map((milestone) => milestones.filter((other) => other <= milestone).length);
      return { name: 'piecewise-constant', rates: [0, ...passed].map((n) => lr * gamma ** n), at, side: 'later' };
    },
  ),
  ConstantLR: foreignKind(
    Type.Object({
      lr,
      // PyTorch multiplies by 1 / factor when the time is over.
      factor: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 1 / 3, description: 'factor until then' }),
      total_iters: totalIters,
    }),
    ({ lr, factor, total_iters }) => ({
      name: 'piecewise-constant',
      rates: [lr * factor, lr],
      at: [total_iters],
      side: 'later',
    }),
  ),
  LinearLR: foreignKind(
    Type.Object({
      lr,
      start_factor: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 1 / 3, description: 'factor at step 0' }),
      end_factor: Type.Number({ minimum: 0, maximum: 1, default: 1, description: 'factor at the end' }),
      total_iters: totalIters,
    }),
    ({ lr, start_factor, end_factor, total_iters }) => ({
      name: 'polynomial',
      rate: lr * start_factor,
      steps: total_iters,
      end: lr * end_factor,
    }),
  ),
  ExponentialLR: foreignKind(Type.Object({ lr, gamma: rate('factor of each step') }), ({ lr, gamma }) => ({
    name: 'exponential',
    rate: lr,
    steps: 1,
    factor: gamma,
  })),
  PolynomialLR: foreignKind(
    Type.Object({ lr, total_iters: totalIters, power: rate('power of what is left', 1) }),
    ({ lr, total_iters, power }) => ({ name: 'polynomial', rate: lr, steps: total_iters, end: 0, power }),
  ),
  CosineAnnealingLR: foreignKind(
    Type.Object({ lr, T_max: steps('steps of half a wave'), eta_min: rate('lowest rate', 0) }),
    ({ lr, T_max, eta_min }) => ({
      name: 'cosine',
      rate: lr,
      steps: T_max,
      alpha: shareOf(eta_min, lr, 'eta_min'),
      hold: false,
    }),
  ),
  CosineAnnealingWarmRestarts: foreignKind(
    Type.Object({
      lr,
      T_0: Type.Integer({ minimum: 1, description: 'steps of the first cosine' }),
      T_mult: Type.Integer({ minimum: 1, default: 1, description: 'length of a cosine over that of the one before' }),
      eta_min: rate('lowest rate', 0),
    }),
    ({ lr, T_0, T_mult, eta_min }) => ({
      name: 'cosine-restarts',
      rate: lr,
      steps: T_0,
      tMul: T_mult,
      alpha: shareOf(eta_min, lr, 'eta_min'),
    }),
  ),
  CyclicLR: foreignKind(
    Type.Object({
      base_lr: rate('rate at the start and end of a cycle'),
      max_lr: rate('rate at the top of the first cycle'),
      step_size_up: Type.Number({ exclusiveMinimum: 0, default: 2000, description: 'steps up' }),
      step_size_down: Type.Optional(steps('steps down')),
      mode: choice(['triangular', 'triangular2', 'exp_range'], { default: 'triangular', description: 'scaling' }),
      gamma: positive(1, 'factor of each step in mode exp_range'),
      scale_fn: Type.Optional(numberFunction('scaling in place of the mode')),
      scale_mode: choice(['cycle', 'iterations'], { default: 'cycle', description: 'what scale_fn is given' }),
      cycle_momentum: flag(true, 'whether the momentum moves'),
      base_momentum: momentum(0.8, 'momentum at the top'),
      max_momentum: momentum(0.9, 'momentum at the start'),
    }),
    (p) => ({
      name: 'cyclical',
      low: p.base_lr,
      high: p.max_lr,
      up: p.step_size_up,
      down: p.step_size_down,
      mode: p.mode === 'exp_range' ? 'exp-range' : p.mode,
      gamma: p.gamma,
      scale: p.scale_fn,
      scaleMode: p.scale_mode,
      cycleMomentum: p.cycle_momentum,
      baseMomentum: p.base_momentum,
      maxMomentum: p.max_momentum,
    }),
  ),
  OneCycleLR: foreignKind(
    Type.Object({
      max_lr: rate('highest rate'),
      total_steps: Type.Optional(Type.Integer({ minimum: 1, description: 'steps of the training' })),
      epochs: Type.Optional(Type.Integer({ minimum: 1, description: 'epochs of the training' })),
      steps_per_epoch: Type.Optional(Type.Integer({ minimum: 1, description: 'steps of an epoch' })),
      pct_start: Type.Number({ minimum: 0, maximum: 1, default: 0.3, description: 'share of the rise' }),
      anneal_strategy: choice(['cos', 'linear'], { default: 'cos', description: 'along what the rate moves' }),
      cycle_momentum: flag(true, 'whether the momentum moves'),
      base_momentum: momentum(0.85, 'momentum at the top'),
      max_momentum: momentum(0.95, 'momentum at the ends'),
      div_factor: positive(25, 'highest rate over the first'),
      final_div_factor: positive(1e4, 'first rate over the last'),
      three_phase: flag(false, 'whether it returns to the first rate first'),
    }),
    (p) => {
      const total = p.total_steps ?? (p.epochs ?? Number.NaN) * (p.steps_per_epoch ?? Number.NaN);
      if (!(total >= 1)) throw new InputError('OneCycleLR needs total_steps, or epochs and steps_per_epoch');
      return {
        name: 'one-cycle',
        rate: p.max_lr,
        steps: total,
        pctStart: p.pct_start,
        shape: p.anneal_strategy === 'cos' ? 'cosine' : 'linear',
        divFactor: p.div_factor,
        finalDivFactor: p.final_div_factor,
        threePhase: p.three_phase,
        cycleMomentum: p.cycle_momentum,
        baseMomentum: p.base_momentum,
        maxMomentum: p.max_momentum,
      };
    },
  ),
  SequentialLR: foreignKind(
    Type.Object({
      lr,
      schedulers: members,
      milestones: Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'steps at which the next begins at its own 0',
      }),
    }),
    ({ lr, schedulers, milestones }) => ({
      name: 'join',
      schedules: schedulers.map((member, i) =>
        memberOf('SequentialLR', member, lr, i > 0 ? following : new Map(never)),
      ),
      at: milestones,
    }),
  ),
  ChainedScheduler: foreignKind(Type.Object({ lr, schedulers: members }), ({ lr, schedulers }) => ({
    name: 'product',
    schedules: [lr, ...schedulers.map((member) => memberOf('ChainedScheduler', member, 1, chained))],
  })),
  ReduceLROnPlateau: 'it follows a metric and is no function of the step',
};

const setsRate = 'it sets the rate of the optimizer as it is made, which changes the other schedulers';
const nesting = 'PyTorch fails there, or undoes what the others did';
const overrides = 'it sets the rate without regard to the others';
const never: readonly [string, string][] = [
  ['CyclicLR', setsRate],
  ['OneCycleLR', setsRate],
  ['SequentialLR', nesting],
  ['ChainedScheduler', nesting],
];
/** What cannot follow another scheduler, and what cannot stand beside one. */
const following = new Map([...never, ['MultiplicativeLR', 'it goes on from the rate of the one before']]);
const chained = new Map([...never, ['LambdaLR', overrides], ['CosineAnnealingWarmRestarts', overrides]]);

function memberOf(
  outer: string,
  { name, ...parameters }: { readonly name: string; readonly [parameter: string]: unknown },
  lr: number,
  refused: ReadonlyMap<string, string>,
): ScheduleSpec {
  const floor = outer === 'ChainedScheduler' && name === 'CosineAnnealingLR' && parameters.eta_min;
  const reason = floor ? 'with an eta_min it is no factor' : refused.get(name);
  if (reason) throw new InputError(`PyTorch: ${name} within ${outer} is not available: ${reason}`);
  return translate('PyTorch', pytorchSchedules, name, { ...parameters, lr });
}

/** A PyTorch scheduler by its class name and the parameters of its constructor, with `lr` in place of the optimizer. */
export function pytorch(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('PyTorch', pytorchSchedules, name, parameters);
}
