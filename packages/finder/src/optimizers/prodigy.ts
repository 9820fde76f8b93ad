import {
  abs,
  add,
  addN,
  div,
  greater,
  maximum,
  mul,
  pow,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { beta1, beta2, smallEpsilon, weightDecay } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Adam that estimates its rate as the distance d to the solution (Mishchenko and Defazio, "Prodigy", 2023, arXiv 2306.06101), in
 * optax's form. With w₀ the first weights, t the step and γ = d · rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ), over all weights together:
 *
 * momentum ← β₁ · momentum + (1 − β₁) d · gradient; velocity ← β₂ · velocity + (1 − β₂) (d · gradient)²;
 * s ← β₃ · s + γ · d · gradient / d₀; r ← β₃ · r + γ · d / d₀ · ⟨gradient, w₀ − weight⟩;
 * d ← max(d, `estimLrCoef` · r / ‖s‖₁);
 * weight ← weight − γ · (weightDecay · weight + momentum / (√velocity + d · ε)),
 *
 * where γ has the d of before. With `safeguardWarmup` s gets d² · gradient / d₀, without the rate. The learning rate is a
 * multiplier, and may follow a schedule whose highest value is 1.
 */
export const prodigy = optimizerKind({
  name: 'prodigy',
  summary: 'adam that estimates its rate from the distance to the solution',
  defaultRate: 1,
  rateFree: true,
  code: {
    keras: null,
    tfjs: () => null,
    optax: {
      name: 'prodigy',
      parameters: {
        beta3: 'beta3',
        epsilon: 'eps',
        estimLr0: 'estim_lr0',
        estimLrCoef: 'estim_lr_coef',
        weightDecay: 'weight_decay',
        safeguardWarmup: 'safeguard_warmup',
      },
    },
  },
  parameters: Type.Object(
    {
      beta1,
      beta2,
      beta3: Type.Optional(
        Type.Number({
          minimum: 0,
          exclusiveMaximum: 1,
          description: 'decay rate of the sums that the estimate is made of; the square root of beta2 unless given',
        }),
      ),
      epsilon: smallEpsilon,
      estimLr0: Type.Number({
        default: 1e-6,
        exclusiveMinimum: 0,
        description: 'first estimate of the rate, which must be too low',
      }),
      estimLrCoef: Type.Number({
        default: 1,
        exclusiveMinimum: 0,
        description: 'factor of the estimates of the rate',
      }),
      weightDecay,
      safeguardWarmup: Type.Boolean({
        default: false,
        description: 'leave the rate out of the denominator of the estimate, which helps where the rate warms up',
      }),
    },
    { additionalProperties: false },
  ),
  create({ beta1, beta2, beta3 = Math.sqrt(beta2), epsilon, estimLr0, estimLrCoef, weightDecay, safeguardWarmup }) {
    const nextSum = (s: Tensor, gradient: Tensor, { estimate, step }: { estimate: Tensor; step: Tensor }) =>
      add(mul(s, beta3), mul(gradient, div(mul(safeguardWarmup ? estimate : step, estimate), estimLr0)));
    return updateRule({
      name: 'prodigy',
      usesMovingAverage: true,
      slots: { momentum: 0, velocity: 0, gradientSum: 0, first: 'weight' },
      velocitySlots: [],
      momentum: beta1,
      shared: { estimate: estimLr0, numerator: 0 },
      prepare(rate, t, { estimate, numerator }, scheduled) {
        const { keep, rest } = emaWeights(beta1, 1 - beta1, scheduled);
        const correction = div(sqrt(sub(1, pow(beta2, t))), sub(1, pow(keep, t)));
        return { step: mul(mul(estimate, rate), correction), keep, rest, before: estimate, estimate, numerator };
      },
      together(moving, shared) {
        const { estimate } = shared;
        const products = moving.map(({ weight, gradient, slots, prepared }) =>
          mul(sum(mul(gradient, sub(slots.first, weight))), prepared.step),
        );
        const numerator = add(mul(shared.numerator, beta3), mul(addN(products), div(estimate, estimLr0)));
        const sums = moving.map(({ gradient, slots, prepared }) =>
          sum(abs(nextSum(slots.gradientSum, gradient, { estimate, step: prepared.step }))),
        );
        const denominator = addN(sums);
        // Before the first gradient there is nothing to estimate from.
        const found = where(greater(denominator, 0), div(mul(numerator, estimLrCoef), denominator), 0);
        return { estimate: maximum(estimate, found), numerator };
      },
      update(weight, gradient, slots, { step, keep, rest, before, estimate }) {
        const scaled = mul(gradient, before);
        const momentum = add(mul(slots.momentum, keep), mul(scaled, rest));
        const velocity = add(mul(slots.velocity, beta2), mul(square(scaled), 1 - beta2));
        const gradientSum = nextSum(slots.gradientSum, gradient, { estimate: before, step });
        const move = div(mul(momentum, step), add(sqrt(velocity), mul(estimate, epsilon)));
        const start = weightDecay > 0 ? sub(weight, mul(weight, mul(step, weightDecay))) : weight;
        return { weight: sub(start, move), slots: { momentum, velocity, gradientSum, first: slots.first } };
      },
    });
  },
});
