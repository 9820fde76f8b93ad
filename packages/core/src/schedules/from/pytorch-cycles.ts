import * as Type from 'typebox';
import { InputError } from '../../errors.js';
import { choice } from '../../options.js';
import { flag, momentum, numberFunction, positive, rate, steps } from '../parameters.js';
import { type ForeignTable, foreignKind } from './foreign.js';

/** The two schedulers of PyTorch that override the optimizer's rate and momentum, and therefore have no `lr`. */
export const pytorchCycles: ForeignTable = {
  CyclicLR: foreignKind(
    Type.Object({
      base_lr: rate('rate at the start and end of a cycle'),
      max_lr: rate('rate at the top of the first cycle'),
      step_size_up: Type.Number({ exclusiveMinimum: 0, default: 2000, description: 'steps up' }),
      step_size_down: Type.Optional(steps('steps down')),
      mode: choice(['triangular', 'triangular2', 'exp_range'], {
        default: 'triangular',
        description: 'height of later cycles',
      }),
      gamma: positive(1, 'factor of each step in mode exp_range'),
      scale_fn: Type.Optional(numberFunction('function that replaces the mode')),
      scale_mode: choice(['cycle', 'iterations'], { default: 'cycle', description: 'argument of scale_fn' }),
      cycle_momentum: flag(true, 'whether the schedule sets the momentum too'),
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
      pct_start: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'share of the steps in which the rate rises',
      }),
      anneal_strategy: choice(['cos', 'linear'], { default: 'cos', description: 'curve along which the rate moves' }),
      cycle_momentum: flag(true, 'whether the schedule sets the momentum too'),
      base_momentum: momentum(0.85, 'momentum at the top'),
      max_momentum: momentum(0.95, 'momentum at the ends'),
      div_factor: positive(25, 'ratio of the highest rate to the first'),
      final_div_factor: positive(1e4, 'ratio of the first rate to the last'),
      three_phase: flag(false, 'whether the rate falls back to the first before it falls further'),
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
};
