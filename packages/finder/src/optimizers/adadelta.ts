import { add, div, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Scales each gradient by the ratio of past updates to past gradients (Zeiler, 2012), in Keras's form:
 *
 * gradients ← ρ · gradients + (1 − ρ) · gradient²;
 * delta = gradient · √(deltas + ε) / √(gradients + ε); deltas ← ρ · deltas + (1 − ρ) · delta²;
 * weight ← weight − rate · delta.
 *
 * TensorFlow.js's own Adadelta divides by the mean square before this step, so that its first step is the whole gradient:
 * 700 times as long as here at a gradient of 1. A rate from lrfind suits Keras's Adadelta, not `tf.train.adadelta`.
 */
export const adadelta = optimizerKind({
  name: 'adadelta',
  summary: 'steps scaled by the ratio of past updates to past gradients; the paper uses rate 1',
  defaultRate: 0.001,
  // TensorFlow.js's own adadelta differs: a rate from lrfind would be wrong there.
  code: {
    keras: 'Adadelta',
    kerasSlots: [{ gradients: ['accumulated_grad'], deltas: ['accumulated_delta_var', 'accumulated_var'] }],
    tfjs: () => null,
  },
  parameters: Type.Object(
    {
      rho: Type.Number({
        default: 0.95,
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'decay rate of both running averages',
      }),
      epsilon,
    },
    { additionalProperties: false },
  ),
  create: ({ rho, epsilon }) => {
    const mix = (mean: Tensor, value: Tensor) => add(mul(mean, rho), mul(square(value), 1 - rho));
    const root = (mean: Tensor) => sqrt(add(mean, epsilon));
    return updateRule({
      name: 'adadelta',
      usesMovingAverage: true,
      slots: { gradients: 0, deltas: 0 },
      velocitySlots: [],
      shared: {},
      prepare: (rate) => ({ rate }),
      update(weight, gradient, slots, { rate }) {
        const gradients = mix(slots.gradients, gradient);
        const delta = div(mul(root(slots.deltas), gradient), root(gradients));
        return { weight: sub(weight, mul(delta, rate)), slots: { gradients, deltas: mix(slots.deltas, delta) } };
      },
    });
  },
});
