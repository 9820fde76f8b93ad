import { add, div, mul, scalar, sqrt, square, sub } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Divides each gradient by its running root mean square (Tieleman and Hinton, 2012), in Keras's form:
 *
 * velocity ← ρ · velocity + (1 − ρ) · gradient²;
 * increment = rate · gradient / √(velocity + ε), centered: √(velocity − average² + ε) with the gradients' running average;
 * weight ← weight − increment, or with momentum: momentum slot ← momentum · slot + increment; weight ← weight − slot.
 *
 * Centered, velocity − average² can round to less than −ε when gradients are large and nearly constant. The weight becomes
 * NaN then, as in Keras.
 */
export const rmsprop = optimizerKind({
  name: 'rmsprop',
  summary: 'gradients divided by their running root mean square',
  defaultRate: 0.001,
  usualRate: 0.003,
  code: {
    keras: 'RMSprop',
    kerasSlots: [
      { velocity: ['velocity', 'rms'] },
      { momentum: ['momentum'] },
      { average: ['average_gradient', 'mg'] },
    ],
    tfjs: () => ({ name: 'rmsprop', parameters: ['rho', 'momentum', 'epsilon', 'centered'] }),
  },
  parameters: Type.Object(
    {
      rho: Type.Number({
        default: 0.9,
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'decay rate of the running average of the squared gradients',
      }),
      momentum: Type.Number({
        default: 0,
        minimum: 0,
        maximum: 1,
        description: 'share of the previous update that is added; 0 for no momentum',
      }),
      epsilon,
      centered: Type.Boolean({
        default: false,
        description: 'divide by the running standard deviation of the gradients instead',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ rho, momentum, epsilon, centered }) =>
    updateRule({
      name: 'rmsprop',
      usesMovingAverage: true,
      slots: { velocity: 0, ...(momentum > 0 && { momentum: 0 }), ...(centered && { average: 0 }) },
      velocitySlots: momentum > 0 ? ['momentum'] : [],
      ...(momentum > 0 && { momentum }),
      shared: {},
      prepare: (rate, _step, _shared, scheduled) => ({ rate, share: scheduled ?? scalar(momentum) }),
      update(weight, gradient, slots, { rate, share }) {
        const velocity = add(mul(slots.velocity, rho), mul(square(gradient), 1 - rho));
        const average = slots.average && add(mul(slots.average, rho), mul(gradient, 1 - rho));
        const variance = average ? sub(velocity, square(average)) : velocity;
        const increment = div(mul(gradient, rate), sqrt(add(variance, epsilon)));
        const move = slots.momentum ? add(mul(slots.momentum, share), increment) : increment;
        return {
          weight: sub(weight, move),
          slots: { velocity, ...(slots.momentum && { momentum: move }), ...(average && { average }) },
        };
      },
    }),
});
