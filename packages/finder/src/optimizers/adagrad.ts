import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Divides each gradient by the root of the sum of its squares so far (Duchi, Hazan and Singer, 2011), in Keras's form:
 *
 * accumulator ← accumulator + gradient²; weight ← weight − rate · gradient / √(accumulator + ε).
 */
export const adagrad = optimizerKind({
  name: 'adagrad',
  summary: 'gradients divided by the root of their summed squares, so that steps get shorter',
  defaultRate: 0.001,
  code: {
    keras: 'Adagrad',
    kerasSlots: [{ accumulator: ['accumulator'] }],
    tfjs: () => ({ name: 'adagrad', parameters: ['initialAccumulatorValue'] }),
  },
  parameters: Type.Object(
    {
      initialAccumulatorValue: Type.Number({
        default: 0.1,
        minimum: 0,
        description: 'initial value of the sum of squared gradients; larger values shorten the first steps',
      }),
      epsilon,
    },
    { additionalProperties: false },
  ),
  create: ({ initialAccumulatorValue, epsilon }) =>
    updateRule({
      name: 'adagrad',
      usesMovingAverage: false,
      slots: { accumulator: initialAccumulatorValue },
      velocitySlots: [],
      shared: {},
      prepare: (rate) => ({ rate }),
      update(weight, gradient, slots, { rate }) {
        const accumulator = add(slots.accumulator, square(gradient));
        const move = div(mul(gradient, rate), sqrt(add(accumulator, epsilon)));
        return { weight: sub(weight, move), slots: { accumulator } };
      },
    }),
});
