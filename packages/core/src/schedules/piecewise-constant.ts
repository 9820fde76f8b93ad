import * as Type from 'typebox';
import { InputError } from '../errors.js';
import { choice } from '../options.js';
import { assertIncreasing, boundaries, rate } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * rates[i] between the boundaries at[i − 1] and at[i]. At the step of a boundary itself, Keras (PiecewiseConstantDecay)
 * has the earlier rate, PyTorch and optax the later one.
 */
export const piecewiseConstant = scheduleKind({
  name: 'piecewise-constant',
  summary: 'a list of rates with the steps at which they change',
  parameters: Type.Object(
    {
      rates: Type.Array(rate('a learning rate'), { description: 'the rates, one more than boundaries' }),
      at: boundaries('the boundaries: steps at which the next rate begins, rising'),
      side: choice(['earlier', 'later'], {
        default: 'earlier',
        description: 'which of the two rates the step of a boundary itself has',
      }),
    },
    { additionalProperties: false },
  ),
  create({ rates, at, side }) {
    assertIncreasing('piecewise-constant.at', at);
    if (rates.length !== at.length + 1) {
      throw new InputError(
        `piecewise-constant.rates must have one more entry than the boundaries; got ${rates.length} rates and ${at.length} boundaries`,
      );
    }
    const passed = side === 'earlier' ? (t: number) => (b: number) => t > b : (t: number) => (b: number) => t >= b;
    const last = at.at(-1) ?? 0;
    const until = Math.max(0, side === 'earlier' && at.length > 0 ? Math.floor(last) + 1 : last);
    return Object.assign((t: number) => rates[at.filter(passed(t)).length] as number, {
      span: { steps: until, ends: true },
      // The last rate is to be held, for as long as the training takes.
      extent: { steps: until, spent: false },
    });
  },
});
