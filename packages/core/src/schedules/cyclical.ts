import * as Type from 'typebox';
import { choice } from '../options.js';
import { flag, momentum, numberFunction, positive, rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** The height of a cycle, from its number (from 1) or from the step. */
const modes = {
  triangular: () => 1,
  triangular2: (cycle: number) => 2 ** (1 - cycle),
  'exp-range': (_cycle: number, step: number, gamma: number) => gamma ** step,
};

/**
 * low + (high − low) · h · s, where h rises from 0 to 1 in `up` steps and falls back to 0 in `down` steps. The factor s
 * is 1 (triangular), 2^(1 − cycle) (triangular2), gamma^t (exp-range), or given by `scale`. The momentum moves in the
 * opposite direction. Smith (2015), with the options of PyTorch's CyclicLR.
 */
export const cyclical = scheduleKind({
  name: 'cyclical',
  summary: 'up and down between two rates repeatedly, with the opposite for the momentum',
  parameters: Type.Object(
    {
      low: rate('learning rate at the start and end of a cycle'),
      high: rate('learning rate at the top of the first cycle'),
      up: steps('steps from low to high'),
      down: Type.Optional(steps('steps from high to low; by default as many as up')),
      mode: choice(Object.keys(modes) as (keyof typeof modes)[], {
        default: 'triangular',
        description: 'height of later cycles: constant, halved each time, or multiplied by gamma at every step',
      }),
      gamma: positive(1, 'factor of each step in mode exp-range'),
      scale: Type.Optional(
        numberFunction('function that gives the height of a cycle and replaces the mode; see scaleMode'),
      ),
      scaleMode: choice(['cycle', 'iterations'], {
        default: 'cycle',
        description: 'argument of scale: the number of the cycle, from 1, or the step',
      }),
      cycleMomentum: flag(true, 'whether the schedule sets the momentum too'),
      baseMomentum: momentum(0.8, 'momentum at the top of the first cycle'),
      maxMomentum: momentum(0.9, 'momentum at the start and end of a cycle'),
    },
    { additionalProperties: false },
  ),
  create({ low, high, up, down = up, mode, gamma, scale, scaleMode, cycleMomentum, baseMomentum, maxMomentum }) {
    const height = (t: number) => {
      const cycle = Math.floor(t / (up + down)) + 1;
      const within = t - (cycle - 1) * (up + down);
      const triangle = within <= up ? within / up : (up + down - within) / down;
      return triangle * (scale ? scale(scaleMode === 'cycle' ? cycle : t) : modes[mode](cycle, t, gamma));
    };
    return Object.assign(
      (t: number) => low + (high - low) * height(t),
      cycleMomentum && { momentum: (t: number) => maxMomentum - (maxMomentum - baseMomentum) * height(t) },
      { span: { steps: 4 * (up + down), ends: false }, extent: { steps: up + down, spent: false } },
    );
  },
});
