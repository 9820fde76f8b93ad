import { add, mul, scalar, sub } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { type OptimizerCode, optimizerKind, type UpdateRule, updateRule } from './update-rule.js';

/** TensorFlow.js has two functions, one without a velocity; Keras's class has both parameters. */
const code = {
  keras: 'SGD',
  kerasSlots: [{ velocity: ['m', 'momentum'] }],
  tfjs: ({ momentum }) =>
    momentum
      ? { name: 'momentum', parameters: ['momentum', 'nesterov'] }
      : { name: 'sgd', parameters: [], withoutEffect: ['momentum', 'nesterov'] },
  defaults: { momentum: 0, nesterov: false },
} satisfies OptimizerCode;

/** The momentum of the optimizers that are named after it. */
const momentumByDefault = Type.Number({
  default: 0.9,
  minimum: 0,
  maximum: 1,
  description: 'share of the previous update that is added',
});

/** Gradient descent, with momentum and Nesterov momentum on request. */
export const sgd = optimizerKind({
  name: 'sgd',
  summary: 'gradient descent, with momentum on request',
  defaultRate: 0.01,
  code,
  parameters: Type.Object(
    {
      momentum: Type.Number({
        default: 0,
        minimum: 0,
        maximum: 1,
        description: 'share of the previous update that is added; 0 for no momentum',
      }),
      nesterov: Type.Boolean({ default: false, description: 'use Nesterov momentum (needs momentum above 0)' }),
    },
    { additionalProperties: false },
  ),
  create: ({ momentum, nesterov }) => sgdRule('sgd', momentum, nesterov),
});

/** `sgd` with momentum 0.9 (Polyak, 1964). */
export const momentum = optimizerKind({
  name: 'momentum',
  summary: 'gradient descent with momentum',
  defaultRate: 0.01,
  code,
  parameters: Type.Object({ momentum: momentumByDefault }, { additionalProperties: false }),
  create: ({ momentum }) => sgdRule('momentum', momentum, false),
});

/** `sgd` with Nesterov momentum 0.9 (Nesterov, 1983). */
export const nesterov = optimizerKind({
  name: 'nesterov',
  summary: 'gradient descent with Nesterov momentum',
  defaultRate: 0.01,
  code: { ...code, implied: { nesterov: true } },
  parameters: Type.Object({ momentum: momentumByDefault }, { additionalProperties: false }),
  create: ({ momentum }) => sgdRule('nesterov', momentum, true),
});

/**
 * The arithmetic that sgd, momentum and nesterov share, in Keras's form. The rate is part of the velocity, so a rate that
 * changes between steps affects new gradients only. TensorFlow.js and PyTorch multiply the whole velocity by the rate; at a
 * constant rate all agree:
 *
 * velocity ← momentum · velocity − rate · gradient;
 * weight ← weight + velocity, or with Nesterov weight + momentum · velocity − rate · gradient.
 *
 * @param name the optimizer's name
 * @param momentum 0 to 1; at 0 there is no velocity slot and `nesterov` makes no difference, as in Keras
 * @param nesterov whether to use Nesterov momentum
 */
function sgdRule(name: string, momentum: number, nesterov: boolean): UpdateRule {
  return updateRule({
    name,
    usesMovingAverage: momentum > 0,
    slots: { ...(momentum > 0 && { velocity: 0 }) },
    velocitySlots: momentum > 0 ? ['velocity'] : [],
    ...(momentum > 0 && { momentum }),
    shared: {},
    prepare: (rate, _step, _shared, scheduled) => ({ rate, share: scheduled ?? scalar(momentum) }),
    update(weight, gradient, slots, { rate, share }) {
      const pull = mul(gradient, rate);
      if (!slots.velocity) return { weight: sub(weight, pull), slots: {} };
      const velocity = sub(mul(slots.velocity, share), pull);
      const move = nesterov ? sub(mul(velocity, share), pull) : velocity;
      return { weight: add(weight, move), slots: { velocity } };
    },
  });
}
