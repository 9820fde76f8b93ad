import * as Type from 'typebox';
import { InputError } from '../../errors.js';
import { numberFunction, rate, steps } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';
import { type ForeignTable, foreignKind, shareOf, translate } from './foreign.js';
import { pytorchCycles } from './pytorch-cycles.js';

const lr = rate("the optimizer's learning rate");
const totalIters = Type.Integer({ minimum: 1, default: 5, description: 'steps until the end' });
const members = Type.Array(
  Type.Unsafe<{ readonly name: string; readonly [parameter: string]: unknown }>({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' } },
    allowed: 'an object with name and parameters, without lr',
  }),
  { description: 'the schedulers without lr, such as { name: "ExponentialLR", gamma: 0.9 }' },
);

/** The schedulers of PyTorch (`torch.optim.lr_scheduler`), by class name. `lr` is the optimizer's rate. */
export const pytorchSchedules: ForeignTable = {
  LambdaLR: foreignKind(
    Type.Object({ lr, lr_lambda: numberFunction('factor of lr at each step') }),
    ({ lr, lr_lambda }) =>
      (t: number) =>
        lr * lr_lambda(t),
  ),
  MultiplicativeLR: foreignKind(
    Type.Object({ lr, lr_lambda: numberFunction('factor from each step to the next, first called for step 1') }),
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
      // A repeated milestone counts as often as it is repeated.
      const at = [...new Set(milestones)].sort((a, b) => a - b);
      const passed = at.map((milestone) => milestones.filter((other) => other <= milestone).length);
      return { name: 'piecewise-constant', rates: [0, ...passed].map((n) => lr * gamma ** n), at, side: 'later' };
    },
  ),
  ConstantLR: foreignKind(
    Type.Object({
      lr,
      // Must be above 0, because PyTorch multiplies by 1 / factor at the end.
      factor: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 1 / 3, description: 'factor before the end' }),
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
    Type.Object({ lr, total_iters: totalIters, power: rate('exponent of the decay', 1) }),
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
      T_mult: Type.Integer({
        minimum: 1,
        default: 1,
        description: 'ratio of the length of a cosine to that of the one before',
      }),
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
  ...pytorchCycles,
  SequentialLR: foreignKind(
    Type.Object({
      lr,
      schedulers: members,
      milestones: Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'steps at which the next scheduler begins at its own step 0',
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
  ReduceLROnPlateau: 'it follows a metric and is not a function of the step',
};

const setsRate = 'it sets the rate of the optimizer when it is created, which changes the other schedulers';
const nesting = 'PyTorch fails there, or undoes what the others did';
const overrides = 'it overrides the rate that the others set';
const never: readonly [string, string][] = [
  ['CyclicLR', setsRate],
  ['OneCycleLR', setsRate],
  ['SequentialLR', nesting],
  ['ChainedScheduler', nesting],
];
/** Schedulers that cannot follow another one in SequentialLR, and those that cannot be part of ChainedScheduler. */
const following = new Map([...never, ['MultiplicativeLR', 'it continues from the rate of the scheduler before it']]);
const chained = new Map([...never, ['LambdaLR', overrides], ['CosineAnnealingWarmRestarts', overrides]]);

function memberOf(
  outer: string,
  { name, ...parameters }: { readonly name: string; readonly [parameter: string]: unknown },
  lr: number,
  refused: ReadonlyMap<string, string>,
): ScheduleSpec {
  const floor = outer === 'ChainedScheduler' && name === 'CosineAnnealingLR' && parameters.eta_min;
  const reason = floor ? 'with eta_min it is not a factor of the rate' : refused.get(name);
  if (reason) throw new InputError(`PyTorch: ${name} within ${outer} is not available: ${reason}`);
  return translate('PyTorch', pytorchSchedules, name, { ...parameters, lr });
}

/**
 * Translates a PyTorch scheduler, given by its class name and the parameters of its constructor; `lr` replaces the
 * optimizer.
 */
export function pytorch(name: string, parameters: Readonly<Record<string, unknown>>): ScheduleSpec {
  return translate('PyTorch', pytorchSchedules, name, parameters);
}
