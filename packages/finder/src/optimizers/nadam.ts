import { add, div, mul, pow, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { beta1, beta2, epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Adam with Nesterov momentum and a warming momentum schedule (Dozat, 2016), in Keras's form, t being the step:
 *
 * uₜ = β₁(1 − ½ · 0.96ᵗ), U = u₁u₂…uₜ;
 * momentum ← momentum + (gradient − momentum)(1 − β₁); velocity ← velocity + (gradient² − velocity)(1 − β₂);
 * ahead = uₜ₊₁ · momentum/(1 − U · uₜ₊₁) + (1 − uₜ) · gradient/(1 − U);
 * weight ← weight − rate · ahead / (√(velocity/(1 − β₂ᵗ)) + ε).
 */
export const nadam = optimizerKind({
  name: 'nadam',
  summary: 'adam with Nesterov momentum',
  defaultRate: 0.001,
  usualRate: 0.003,
  code: {
    keras: 'Nadam',
    kerasSlots: [{ momentum: ['m'], velocity: ['v'] }],
    // Keras 2 does not keep U in its files.
    sharedAfter: ({ beta1 }, steps) => {
      let product = 1;
      for (let step = 1; step <= steps && product > 0; step++) product *= (beta1 as number) * (1 - 0.5 * 0.96 ** step);
      return { product };
    },
    tfjs: () => null,
  },
  parameters: Type.Object({ beta1, beta2, epsilon }, { additionalProperties: false }),
  create: ({ beta1, beta2, epsilon }) => {
    const u = (step: Tensor, keep: Tensor) => mul(sub(1, mul(pow(0.96, step), 0.5)), keep);
    // Keras subtracts the betas from 1 in single precision here, which moves 1 − 0.999 by 1.3e-5 of itself.
    const mix1 = 1 - Math.fround(beta1);
    const mix2 = 1 - Math.fround(beta2);
    return updateRule({
      name: 'nadam',
      usesMovingAverage: true,
      slots: { momentum: 0, velocity: 0 },
      velocitySlots: [],
      momentum: beta1,
      shared: { product: 1 },
      prepare(rate, step, shared, scheduled) {
        const { keep, rest } = emaWeights(beta1, mix1, scheduled);
        const now = u(step, keep);
        const next = u(add(step, 1), keep);
        const product = mul(shared.product, now);
        return {
          product,
          rest,
          momentumRate: mul(rate, div(next, sub(1, mul(product, next)))),
          gradientRate: mul(rate, div(sub(1, now), sub(1, product))),
          correction: sub(1, pow(beta2, step)),
        };
      },
      update(weight, gradient, slots, { rest, momentumRate, gradientRate, correction }) {
        const momentum = add(slots.momentum, mul(sub(gradient, slots.momentum), rest));
        const velocity = add(slots.velocity, mul(sub(square(gradient), slots.velocity), mix2));
        const ahead = add(mul(momentum, momentumRate), mul(gradient, gradientRate));
        const move = div(ahead, add(sqrt(div(velocity, correction)), epsilon));
        return { weight: sub(weight, move), slots: { momentum, velocity } };
      },
    });
  },
});
