import { add, div, maximum, mul, pow, sqrt, square, sub } from '@tensorflow/tfjs-core';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { beta1, beta2, epsilon } from './parameters.js';
import { optimizerKind, type UpdateRule, updateRule } from './update-rule.js';

const parameters = Type.Object(
  {
    beta1,
    beta2,
    epsilon,
    amsgrad: Type.Boolean({
      default: false,
      description: 'divide by the maximum of the running averages so far (AMSGrad)',
    }),
  },
  { additionalProperties: false },
);

/** Adaptive moments (Kingma and Ba, 2014); the arithmetic is `adamRule`'s. */
export const adam = optimizerKind({
  name: 'adam',
  summary: 'running averages of the gradients and of their squares, with bias correction',
  defaultRate: 0.001,
  usualRate: 0.003,
  code: {
    keras: 'Adam',
    kerasSlots: [{ momentum: ['m'], velocity: ['v'] }, { largest: ['vhat', 'velocity_hat'] }],
    tfjs: () => ({ name: 'adam', parameters: ['beta1', 'beta2', 'epsilon'] }),
  },
  parameters,
  create: (options) => adamRule('adam', options),
});

/**
 * The arithmetic that adam and adamw share, in Keras's form, t being the step:
 *
 * weight ← weight − weight · weightDecay · rate;
 * momentum ← momentum + (gradient − momentum)(1 − β₁); velocity ← velocity + (gradient² − velocity)(1 − β₂);
 * weight ← weight − momentum · rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ) / (√velocity + ε).
 *
 * So ε is added before the bias correction; the paper, PyTorch and TensorFlow.js add it after. With AMSGrad, the largest
 * velocity so far replaces the velocity.
 *
 * @param name the optimizer's name
 * @param options adam's options
 * @param weightDecay decoupled weight decay, applied to every weight; 0 for none
 */
export function adamRule(name: string, options: Static<typeof parameters>, weightDecay = 0): UpdateRule {
  const { beta1, beta2, epsilon, amsgrad } = options;
  return updateRule({
    name,
    usesMovingAverage: true,
    slots: { momentum: 0, velocity: 0, ...(amsgrad && { largest: 0 }) },
    velocitySlots: [],
    momentum: beta1,
    shared: {},
    prepare(rate, step, _shared, scheduled) {
      const { keep, rest } = emaWeights(beta1, 1 - beta1, scheduled);
      const correction = div(sqrt(sub(1, pow(beta2, step))), sub(1, pow(keep, step)));
      return { alpha: mul(rate, correction), decay: mul(rate, weightDecay), rest };
    },
    update(weight, gradient, slots, { alpha, decay, rest }) {
      const start = weightDecay > 0 ? sub(weight, mul(weight, decay)) : weight;
      const momentum = add(slots.momentum, mul(sub(gradient, slots.momentum), rest));
      const velocity = add(slots.velocity, mul(sub(square(gradient), slots.velocity), 1 - beta2));
      const largest = slots.largest && maximum(slots.largest, velocity);
      const move = div(mul(momentum, alpha), add(sqrt(largest ?? velocity), epsilon));
      return { weight: sub(start, move), slots: { momentum, velocity, ...(largest && { largest }) } };
    },
  });
}
