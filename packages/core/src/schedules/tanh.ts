import * as Type from 'typebox';
import { rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * end + ½(rate − end)(1 − tanh(lower · (1 − p) + upper · p)) with p = min(t, steps) / steps. Hyperbolic-tangent decay
 * (Hsueh et al., 2019), as in timm. It does not quite reach either end: with the defaults, 0.25 % of the descent
 * remains.
 */
export const tanh = scheduleKind({
  name: 'tanh',
  summary: 'along a hyperbolic tangent: stays high, then falls',
  parameters: Type.Object(
    {
      rate: rate('approximate learning rate at the beginning'),
      steps: trainingSteps('steps until the end'),
      end: rate('approximate learning rate at the end', 0),
      lower: Type.Number({ default: -7, description: 'argument of the tangent at the beginning' }),
      upper: Type.Number({ default: 3, description: 'argument of the tangent at the end' }),
    },
    { additionalProperties: false },
  ),
  create({ rate, steps, end, lower, upper }) {
    const curve = (t: number) => {
      const p = Math.min(1, t / steps);
      return end + 0.5 * (rate - end) * (1 - Math.tanh(lower * (1 - p) + upper * p));
    };
    return Object.assign(curve, { span: { steps, ends: true }, extent: { steps, spent: end < rate } });
  },
});
