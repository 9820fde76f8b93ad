import Type from 'typebox';
import { choice } from '../options.js';
import { flag, momentum, numberFunction, positive, rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** How high a cycle is, from the number of the cycle (from 1) or the step. */
const modes = {
  triangular: () => 1,
  triangular2: (cycle: number) => 2 ** (1 - cycle),
  'exp-range': (_cycle: number, step: number, gamma: number) => gamma ** step,
};

/**
 * low + (high − low) · h · s, where h rises from 0 to 1 in `up` steps and falls back in `down`, and s is 1 (triangular), ½ for each
 * cycle before (triangular2), gamma^t (exp-range) or the caller's `scale`. The momentum moves the other way. Smith (2015), with the
 * options of PyTorch's CyclicLR.
 */
export const cyclical = scheduleKind({
  name: 'cyclical',
  summary: 'up and down between two rates again and again, the momentum the other way',
  parameters: Type.Object(
    {
      low: rate('learning rate at the start and end of a cycle'),
      high: rate('learning rate at the top of the first cycle'),
      up: steps('steps from low to high'),
      down: Type.Optional(steps('steps from high to low; left out, as many as up')),
      mode: choice(Object.keys(modes) as (keyof typeof modes)[], {
        default: 'triangular',
        description: 'how the tops of later cycles change: not, halved each time, or by gamma with every step',
      }),
      gamma: positive(1, 'factor of each step in mode exp-range'),
      scale: Type.Optional(
        numberFunction('height of a cycle in place of the mode: a function, to which scaleMode says of what'),
      ),
      scaleMode: choice(['cycle', 'iterations'], {
        default: 'cycle',
        description: 'what scale is given: the number of the cycle, from 1, or the step',
      }),
      cycleMomentum: flag(true, 'whether there is a momentum to each step'),
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
      { span: { steps: 4 * (up + down), ends: false } },
    );
  },
});
