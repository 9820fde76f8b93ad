import { add, mul, scalar, sub } from '@tensorflow/tfjs-core';
import Type from 'typebox';
import { optimizerKind, type UpdateRule, updateRule } from './update-rule.js';

/** Gradient descent; with momentum and Nesterov's look-ahead on request. */
export const sgd = optimizerKind({
  name: 'sgd',
  summary: 'plain gradient descent, optionally with momentum',
  defaultRate: 0.01,
  parameters: Type.Object(
    {
      momentum: Type.Number({
        default: 0,
        minimum: 0,
        maximum: 1,
        description: 'share of the last step that is repeated; 0 keeps no velocity',
      }),
      nesterov: Type.Boolean({ default: false, description: 'look ahead along the velocity (needs momentum above 0)' }),
    },
    { additionalProperties: false },
  ),
  create: ({ momentum, nesterov }) => sgdRule('sgd', momentum, nesterov),
});

/**
 * The arithmetic that sgd, momentum and nesterov share, in Keras's form. The rate is inside the velocity, so a rate
 * that changes from step to step acts on new gradients only (TensorFlow.js and PyTorch apply it to the whole velocity;
 * at a constant rate all agree):
 *
 * velocity ← momentum · velocity − rate · gradient;
 * weight ← weight + velocity, or with Nesterov weight + momentum · velocity − rate · gradient.
 *
 * @param name the optimizer's name
 * @param momentum 0 to 1; at 0 there is no velocity slot and `nesterov` makes no difference, as in Keras
 * @param nesterov whether to look ahead
 */
export function sgdRule(name: string, momentum: number, nesterov: boolean): UpdateRule {
  return updateRule({
    name,
    averages: momentum > 0,
    slots: { ...(momentum > 0 && { velocity: 0 }) },
    velocitySlots: momentum > 0 ? ['velocity'] : [],
    ...(momentum > 0 && { momentum }),
    shared: {},
    prepare: (rate, _step, _shared, moved) => ({ rate, share: moved ?? scalar(momentum) }),
    update(weight, gradient, slots, { rate, share }) {
      const pull = mul(gradient, rate);
      if (!slots.velocity) return { weight: sub(weight, pull), slots: {} };
      const velocity = sub(mul(slots.velocity, share), pull);
      const move = nesterov ? sub(mul(velocity, share), pull) : velocity;
      return { weight: add(weight, move), slots: { velocity } };
    },
  });
}
