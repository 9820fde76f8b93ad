import Type from 'typebox';
import { rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * end + ½(rate − end)(1 − tanh(lower · (1 − p) + upper · p)) with p = min(t, steps) / steps. Hyperbolic-tangent decay (Hsueh
 * et al., 2019), as timm has it. Neither end is reached quite: with the defaults the rate stops at 0.0025 of the way.
 */
export const tanh = scheduleKind({
  name: 'tanh',
  summary: 'along a hyperbolic tangent: high for long, then down',
  parameters: Type.Object(
    {
      rate: rate('learning rate at the beginning, nearly'),
      steps: steps('steps until the end'),
      end: rate('learning rate at the end, nearly', 0),
      lower: Type.Number({ default: -7, description: 'where on the tangent it begins' }),
      upper: Type.Number({ default: 3, description: 'where on the tangent it ends' }),
    },
    { additionalProperties: false },
  ),
  create({ rate, steps, end, lower, upper }) {
    const curve = (t: number) => {
      const p = Math.min(1, t / steps);
      return end + 0.5 * (rate - end) * (1 - Math.tanh(lower * (1 - p) + upper * p));
    };
    return Object.assign(curve, { span: { steps, ends: true } });
  },
});
