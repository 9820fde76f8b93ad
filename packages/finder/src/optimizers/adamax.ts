import { abs, add, div, maximum, mul, pow, sub } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { beta1, beta2, epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Adam with the largest gradient in place of the root mean square (Kingma and Ba, 2014, section 7.1), in Keras's form,
 * t being the step:
 *
 * momentum ← momentum + (gradient − momentum)(1 − β₁); norm ← max(β₂ · norm, |gradient|);
 * weight ← weight − momentum · rate/(1 − β₁ᵗ) / (norm + ε).
 */
export const adamax = optimizerKind({
  name: 'adamax',
  summary: 'adam with the maximum of recent gradients in place of their root mean square',
  defaultRate: 0.001,
  usualRate: 0.005,
  code: {
    keras: 'Adamax',
    kerasSlots: [{ momentum: ['m'], norm: ['u', 'v'] }],
    tfjs: () => ({ name: 'adamax', parameters: ['beta1', 'beta2', 'epsilon'] }),
  },
  parameters: Type.Object({ beta1, beta2, epsilon }, { additionalProperties: false }),
  create: ({ beta1, beta2, epsilon }) =>
    updateRule({
      name: 'adamax',
      usesMovingAverage: true,
      slots: { momentum: 0, norm: 0 },
      velocitySlots: [],
      momentum: beta1,
      shared: {},
      prepare(rate, step, _shared, scheduled) {
        const { keep, rest } = emaWeights(beta1, 1 - beta1, scheduled);
        return { alpha: div(rate, sub(1, pow(keep, step))), rest };
      },
      update(weight, gradient, slots, { alpha, rest }) {
        const momentum = add(slots.momentum, mul(sub(gradient, slots.momentum), rest));
        const norm = maximum(mul(slots.norm, beta2), abs(gradient));
        const move = div(mul(momentum, alpha), add(norm, epsilon));
        return { weight: sub(weight, move), slots: { momentum, norm } };
      },
    }),
});
