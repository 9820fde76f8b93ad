import { add, div, greater, maximum, mul, pow, scalar, sqrt, square, sub, where } from '@tensorflow/tfjs-core';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { beta2, smallEpsilon, weightDecay } from './parameters.js';
import { optimizerKind, type UpdateRule, updateRule } from './update-rule.js';

const common = {
  beta1: Type.Number({
    default: 0.9,
    minimum: 0,
    exclusiveMaximum: 1,
    description: 'weight of the average in the point at which gradients are computed',
  }),
  weightDecay,
  weightLrPower: Type.Number({
    default: 2,
    minimum: 0,
    description: 'power of the highest rate so far, with which a step counts in the average of the weights',
  }),
};

const optaxNames = { beta1: 'b1', weightDecay: 'weight_decay', weightLrPower: 'weight_lr_power' };

/** Schedule-Free gradient descent; the arithmetic is `scheduleFreeRule`'s. */
export const scheduleFreeSgd = optimizerKind({
  name: 'schedule-free-sgd',
  summary: 'gradient descent that averages its weights in place of a schedule',
  defaultRate: 1,
  averagesWeights: true,
  code: {
    keras: null,
    tfjs: () => null,
    optax: { name: 'schedule_free_sgd', parameters: optaxNames },
  },
  parameters: Type.Object(common, { additionalProperties: false }),
  create: (options) => scheduleFreeRule('schedule-free-sgd', options),
});

/** Schedule-Free adamw; the arithmetic is `scheduleFreeRule`'s. */
export const scheduleFreeAdamw = optimizerKind({
  name: 'schedule-free-adamw',
  summary: 'adamw that averages its weights in place of momentum and schedule',
  defaultRate: 0.0025,
  averagesWeights: true,
  code: {
    keras: 'ScheduleFreeAdamW',
    // Keras has a weight decay, but applies it to y alone.
    notInKeras: ['weightDecay', 'weightLrPower'],
    tfjs: () => null,
    optax: { name: 'schedule_free_adamw', parameters: { ...optaxNames, beta2: 'b2', epsilon: 'eps' } },
  },
  parameters: Type.Object({ ...common, beta2, epsilon: smallEpsilon }, { additionalProperties: false }),
  create: ({ beta2, epsilon, ...options }) => scheduleFreeRule('schedule-free-adamw', options, { beta2, epsilon }),
});

/**
 * Schedule-Free training (Defazio et al., "The Road Less Scheduled", 2024, arXiv 2405.15682), in optax's form. The weights that are
 * trained are y, at which the gradient is computed; x is an average, with which the model is evaluated and the training ends:
 *
 * z ← z − rate · (direction + weightDecay · y);
 * x ← x + (z − x) · c, where c = mᵖ / Σ mᵖ, m being the highest rate so far and p `weightLrPower`;
 * y ← z + β₁ (x − z).
 *
 * The direction is the gradient; of adamw it is gradient / (√(velocity / (1 − β₂ᵗ)) + ε), where
 * velocity ← β₂ · velocity + (1 − β₂) · gradient², t being the step. optax computes x from y and z in every step. Here it is a slot,
 * so that a schedule may move β₁. Layers with rates of their own have the c of the base rate. Keras's ScheduleFreeAdamW has c = 1/t,
 * which is the same at a constant rate.
 *
 * @param name the optimizer's name
 * @param options what both have in common
 * @param adaptive options of adamw; missing for plain gradients
 */
function scheduleFreeRule(
  name: string,
  { beta1, weightDecay, weightLrPower }: Static<Type.TObject<typeof common>>,
  adaptive?: { readonly beta2: number; readonly epsilon: number },
): UpdateRule {
  const { beta2 = 0, epsilon = 0 } = adaptive ?? {};
  return updateRule({
    name,
    usesMovingAverage: true,
    averagesWeights: true,
    slots: { z: 'weight', weightAverage: 'weight', ...(adaptive && { velocity: 0 }) },
    weightSlots: ['z', 'weightAverage'],
    velocitySlots: [],
    momentum: beta1,
    shared: { weightSum: 0, maxRate: 0 },
    prepare: (rate, step, _shared, scheduled) => ({
      rate,
      decay: mul(rate, weightDecay),
      correction: sub(1, pow(beta2, step)),
      share: scheduled ?? scalar(beta1),
    }),
    together(_moving, shared, { rate }) {
      const maxRate = maximum(shared.maxRate, rate);
      const weight = pow(maxRate, weightLrPower);
      const weightSum = add(shared.weightSum, weight);
      // Before the first rate above 0 no weight has moved.
      return { maxRate, weightSum, mix: where(greater(weightSum, 0), div(weight, weightSum), 0) };
    },
    update(y, gradient, slots, { rate, decay, correction, share, mix }) {
      const velocity = slots.velocity && add(mul(slots.velocity, beta2), mul(square(gradient), 1 - beta2));
      const direction = velocity ? div(gradient, add(sqrt(div(velocity, correction)), epsilon)) : gradient;
      const move = mul(direction, rate);
      const z = sub(slots.z, weightDecay > 0 ? add(move, mul(y, decay)) : move);
      const x = add(slots.weightAverage, mul(sub(z, slots.weightAverage), mix));
      return {
        weight: add(z, mul(sub(x, z), share)),
        slots: { z, weightAverage: x, ...(velocity && { velocity }) },
      };
    },
  });
}
