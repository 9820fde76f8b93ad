import { InputError } from '@lrfind/core';
import {
  add,
  addN,
  div,
  equal,
  maximum,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { smallEpsilon, weightDecay } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/**
 * Distance over gradients (Ivgi et al., "DoG is SGD's Best Friend", 2023, arXiv 2302.12022), in optax's form, over all weights
 * together:
 *
 * r ← max(r, ‖weights − first weights‖); G ← G + ‖gradients‖²;
 * weight ← weight − rate · r / √(G + ε) · gradient.
 *
 * Before the first step r is `initialDistance`, or else `distanceFactor` · (1 + ‖weights‖). With `weightDecay`, weightDecay · weight
 * is added to each gradient first. The learning rate is a multiplier. The authors recommend the average of the weights (`useEma`).
 */
export const dog = optimizerKind({
  name: 'dog',
  summary: 'gradient descent whose rate is the distance from the start over the norm of all gradients',
  defaultRate: 1,
  rateFree: true,
  code: {
    keras: null,
    tfjs: () => null,
    optax: { name: 'dog', parameters: { epsilon: 'eps', weightDecay: 'weight_decay' } },
  },
  parameters: Type.Object(
    {
      distanceFactor: Type.Number({
        default: 1e-6,
        exclusiveMinimum: 0,
        description:
          'first distance, as a share of 1 + the norm of the weights; 1e-4 is advised with batch normalisation',
      }),
      initialDistance: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: 'first distance, in place of that share' }),
      ),
      initialRate: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: 'rate of the first step, in place of a first distance' }),
      ),
      epsilon: smallEpsilon,
      weightDecay,
    },
    { additionalProperties: false },
  ),
  create({ distanceFactor, initialDistance, initialRate, epsilon, weightDecay }) {
    if (initialDistance !== undefined && initialRate !== undefined)
      throw new InputError('dog must have one kind of first step; got initialDistance and initialRate');
    const decayed = (weight: Tensor, gradient: Tensor) =>
      weightDecay > 0 ? add(gradient, mul(weight, weightDecay)) : gradient;
    const firstDistance = (weights: readonly Tensor[]) => {
      if (initialRate !== undefined) return scalar(0);
      return initialDistance === undefined
        ? mul(add(sqrt(sumOfSquares(weights)), 1), distanceFactor)
        : scalar(initialDistance);
    };
    return updateRule({
      name: 'dog',
      usesMovingAverage: false,
      slots: { first: 'weight' },
      velocitySlots: [],
      shared: { distance: 0, gradientSquares: 0 },
      prepare: (rate, step) => ({ rate, isFirst: equal(step, 1) }),
      together(moving, shared, { isFirst }) {
        const before = where(isFirst, firstDistance(moving.map(({ weight }) => weight)), shared.distance);
        const moves = moving.map(({ weight, slots }) => sub(slots.first, weight));
        const distance = maximum(before, sqrt(sumOfSquares(moves)));
        const gradients = moving.map(({ weight, gradient }) => decayed(weight, gradient));
        const gradientSquares = add(shared.gradientSquares, sumOfSquares(gradients));
        const step = div(distance, sqrt(add(gradientSquares, epsilon)));
        return {
          distance,
          gradientSquares,
          step: initialRate === undefined ? step : where(isFirst, initialRate, step),
        };
      },
      update(weight, gradient, slots, { rate, step }) {
        const move = mul(mul(decayed(weight, gradient), step), rate);
        return { weight: sub(weight, move), slots: { first: slots.first } };
      },
    });
  },
});

/** The sum of the squares of all elements. */
function sumOfSquares(tensors: readonly Tensor[]): Tensor {
  return addN(tensors.map((tensor) => sum(square(tensor))));
}
