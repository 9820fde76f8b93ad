import * as Type from 'typebox';

/** Added to a denominator. Zero is refused: a weight without a gradient would become 0 / 0. */
export const epsilon = Type.Number({
  default: 1e-7,
  exclusiveMinimum: 0,
  description: 'small number added to a denominator for numerical stability',
});

/** β₁ of the adam family. At 1 the bias correction would divide by zero. */
export const beta1 = Type.Number({
  default: 0.9,
  minimum: 0,
  exclusiveMaximum: 1,
  description: 'decay rate of the running average of the gradients',
});

/** β₂ of the adam family. */
export const beta2 = Type.Number({
  default: 0.999,
  minimum: 0,
  exclusiveMaximum: 1,
  description: 'decay rate of the running average of the squared gradients (adamax: of their maximum)',
});

/** ε of the optimizers that optax has and Keras has not, or has with optax's default. */
export const smallEpsilon = Type.Number({
  default: 1e-8,
  exclusiveMinimum: 0,
  description: 'small number added to a denominator for numerical stability',
});

/** Weight decay that is off by default. */
export const weightDecay = Type.Number({
  default: 0,
  minimum: 0,
  description: 'weight decay: each step subtracts this share of each weight, times the rate',
});
