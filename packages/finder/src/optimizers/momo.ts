import {
  add,
  addN,
  div,
  equal,
  greater,
  less,
  maximum,
  minimum,
  mul,
  pow,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { emaWeights } from './ema-weights.js';
import { beta1, beta2, smallEpsilon, weightDecay } from './parameters.js';
import { optimizerKind, type UpdateRule, updateRule } from './update-rule.js';

const common = {
  lowerBound: Type.Number({ default: 0, description: 'lower bound of the loss, which is best close to its minimum' }),
  weightDecay,
  adaptLowerBound: Type.Boolean({
    default: false,
    description: 'estimate the lower bound of the loss, starting from the one that is given',
  }),
};
const optaxNames = {
  lowerBound: 'lower_bound',
  weightDecay: 'weight_decay',
  adaptLowerBound: 'adapt_lower_bound',
};

/** Momentum whose steps the loss limits; the arithmetic is `momoRule`'s. */
export const momo = optimizerKind({
  name: 'momo',
  summary: 'averaged gradients with a step as long as the loss allows, at most the rate',
  defaultRate: 1,
  code: { keras: null, tfjs: () => null, optax: { name: 'momo', parameters: { momentum: 'beta', ...optaxNames } } },
  parameters: Type.Object(
    {
      momentum: Type.Number({
        default: 0.9,
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'decay rate of the running average of the gradients',
      }),
      ...common,
    },
    { additionalProperties: false },
  ),
  create: ({ momentum, ...options }) => momoRule('momo', momentum, options),
});

/** Adam whose steps the loss limits; the arithmetic is `momoRule`'s. */
export const momoAdam = optimizerKind({
  name: 'momo-adam',
  summary: 'adam with a step as long as the loss allows, at most the rate',
  defaultRate: 0.01,
  code: {
    keras: null,
    tfjs: () => null,
    optax: { name: 'momo_adam', parameters: { beta1: 'b1', beta2: 'b2', epsilon: 'eps', ...optaxNames } },
  },
  parameters: Type.Object({ beta1, beta2, epsilon: smallEpsilon, ...common }, { additionalProperties: false }),
  create: ({ beta1, beta2, epsilon, ...options }) => momoRule('momo-adam', beta1, options, { beta2, epsilon }),
});

/** Up to it, the squared norm of the average counts as zero, and no step is taken: the spacing of float64 at 1, as in optax. */
const SMALLEST_NORM = 2 ** -52;

/**
 * A model of the loss from averages limits the step (Schaipp et al., "MoMo", 2023, arXiv 2305.07583), in optax's form, over all
 * weights together. With α the rate, λ the weight decay, f* the lower bound and t the step:
 *
 * momentum ← β · momentum + (1 − β) · gradient; f̄ ← β · f̄ + (1 − β) · loss; γ ← β · γ + (1 − β) ⟨gradient, weight⟩;
 * τ = min(α / ρ, max((1 + αλ)(f̄ − ρ f* − γ) + ⟨momentum, weight⟩, 0) / ⟨momentum, momentum / D⟩);
 * weight ← weight − αλ / (1 + αλ) · weight − τ · momentum / D.
 *
 * For momo, ρ = D = 1 and the averages start with the first gradient. For momo-adam they start at 0, ρ = 1 − β₁ᵗ, and
 * D = ε + √(velocity / (1 − β₂ᵗ)) with velocity ← β₂ · velocity + (1 − β₂) · gradient². Layers with rates of their own have
 * their own α.
 *
 * @param name the optimizer's name
 * @param beta β: the momentum or β₁
 * @param options what both have in common
 * @param adaptive options of adam; missing for momo
 */
function momoRule(
  name: string,
  beta: number,
  { lowerBound, weightDecay, adaptLowerBound }: Static<Type.TObject<typeof common>>,
  adaptive?: { readonly beta2: number; readonly epsilon: number },
): UpdateRule {
  const { beta2 = 0, epsilon = 0 } = adaptive ?? {};
  const average = (old: Tensor, value: Tensor, { keep, rest }: Weights) => add(mul(old, keep), mul(value, rest));
  const momentsOf = ({ gradient, slots, prepared }: Moving) => {
    const momentum = average(slots.momentum, gradient, prepared);
    if (!slots.velocity) return { momentum, direction: momentum };
    const velocity = add(mul(slots.velocity, beta2), mul(square(gradient), 1 - beta2));
    const scale = add(sqrt(div(velocity, prepared.correction)), epsilon);
    return { momentum, velocity, direction: div(momentum, scale) };
  };
  /** τ for a rate. */
  const stepLength = ({ rate, rho, shrink }: Rate, { loss, product, inner, norm }: Model, bound: Tensor) => {
    const model = add(mul(shrink, sub(sub(loss, mul(rho, bound)), product)), inner);
    const polyak = where(greater(norm, SMALLEST_NORM), div(maximum(model, 0), norm), 0);
    return minimum(div(rate, rho), polyak);
  };
  return updateRule({
    name,
    usesMovingAverage: true,
    usesLoss: true,
    slots: { momentum: 0, ...(adaptive && { velocity: 0 }) },
    velocitySlots: [],
    momentum: beta,
    shared: { loss: 0, product: 0, lowerBound },
    prepare(rate, step, _shared, scheduled) {
      const weights = emaWeights(beta, 1 - beta, scheduled);
      const isFirst = equal(step, 1);
      return {
        rate,
        shrink: add(mul(rate, weightDecay), 1),
        keep: adaptive ? weights.keep : where(isFirst, 0, weights.keep),
        rest: adaptive ? weights.rest : where(isFirst, 1, weights.rest),
        rho: adaptive ? sub(1, pow(weights.keep, step)) : scalar(1),
        correction: sub(1, pow(beta2, step)),
      };
    },
    together(moving, shared, prepared, batchLoss) {
      const moments = moving.map(momentsOf);
      const dots = (of: (i: number) => readonly [Tensor, Tensor]) => addN(moving.map((_, i) => sum(mul(...of(i)))));
      const at = (i: number) => ({ ...(moving[i] as Moving), ...(moments[i] as (typeof moments)[0]) });
      const inProduct = dots((i) => [at(i).gradient, at(i).weight]);
      const model = {
        loss: average(shared.loss, batchLoss, prepared),
        product: average(shared.product, inProduct, prepared),
        inner: dots((i) => [at(i).momentum, at(i).weight]),
        norm: dots((i) => [at(i).momentum, at(i).direction]),
      };
      const { rho, shrink } = prepared;
      if (!adaptLowerBound) return { ...model, bound: shared.lowerBound, lowerBound: shared.lowerBound };
      const cap = add(mul(shrink, sub(model.loss, model.product)), model.inner);
      const limit = mul(mul(shrink, rho), shared.lowerBound);
      const lowered = maximum(div(cap, mul(mul(shrink, rho), 2)), lowerBound);
      const bound = where(less(cap, limit), lowered, shared.lowerBound);
      const tau = stepLength(prepared, model, bound);
      const reached = sub(sub(add(model.loss, model.inner), model.product), mul(mul(tau, model.norm), 0.5));
      return { ...model, bound, lowerBound: maximum(div(reached, rho), lowerBound) };
    },
    update(weight, gradient, slots, prepared) {
      const { momentum, velocity, direction } = momentsOf({ weight, gradient, slots, prepared });
      const tau = stepLength(prepared, prepared, prepared.bound);
      const decayed = weightDecay > 0 ? div(weight, prepared.shrink) : weight;
      return { weight: sub(decayed, mul(direction, tau)), slots: { momentum, ...(velocity && { velocity }) } };
    },
  });
}

type Weights = { readonly keep: Tensor; readonly rest: Tensor };
type Rate = { readonly rate: Tensor; readonly rho: Tensor; readonly shrink: Tensor };
type Model = { readonly loss: Tensor; readonly product: Tensor; readonly inner: Tensor; readonly norm: Tensor };
interface Moving {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: { readonly momentum: Tensor; readonly velocity?: Tensor };
  readonly prepared: Weights & { readonly correction: Tensor };
}
