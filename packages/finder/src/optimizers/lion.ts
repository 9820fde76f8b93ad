import { add, mul, sign, sub } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Steps of equal length along the sign of a running average of the gradients (Chen et al., 2023), in Keras's form:
 *
 * weight ← weight − weight · weightDecay · rate;
 * weight ← weight − rate · sign(β₁ · momentum + (1 − β₁) · gradient); momentum ← β₂ · momentum + (1 − β₂) · gradient.
 *
 * Good rates are 3 to 10 times lower than adam's, and good weight decays as many times higher.
 */
export const lion = optimizerKind({
  name: 'lion',
  summary: 'steps of equal length along the sign of a running average of the gradients',
  defaultRate: 0.001,
  usualRate: 0.0005,
  code: { keras: 'Lion', kerasSlots: [{ momentum: ['m'] }], tfjs: () => null },
  parameters: Type.Object(
    {
      weightDecay: Type.Number({
        default: 0,
        minimum: 0,
        description: 'weight decay: each step subtracts this share of each weight, times the rate',
      }),
      // Keras refuses 0 too: the average would have no effect.
      beta1: Type.Number({
        default: 0.9,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'weight of the running average in the direction of a step',
      }),
      beta2: Type.Number({
        default: 0.99,
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'decay rate of the running average of the gradients',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ weightDecay, beta1, beta2 }) => {
    // Keras subtracts them from 1 in single precision.
    const mix1 = 1 - Math.fround(beta1);
    const mix2 = 1 - Math.fround(beta2);
    return updateRule({
      name: 'lion',
      usesMovingAverage: true,
      slots: { momentum: 0 },
      velocitySlots: [],
      momentum: beta1,
      shared: {},
      prepare(rate, _step, _shared, scheduled) {
        const { keep, rest } = emaWeights(beta1, mix1, scheduled);
        return { rate, decay: mul(rate, weightDecay), keep, rest };
      },
      update(weight, gradient, slots, { rate, decay, keep, rest }) {
        const start = weightDecay > 0 ? sub(weight, mul(weight, decay)) : weight;
        const direction = sign(add(mul(slots.momentum, keep), mul(gradient, rest)));
        const momentum = add(mul(slots.momentum, beta2), mul(gradient, mix2));
        return { weight: sub(start, mul(direction, rate)), slots: { momentum } };
      },
    });
  },
});
