import { InputError } from '@lrfind/core';
import {
  add,
  div,
  matMul,
  mul,
  pow,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import { beta1, beta2, epsilon } from './parameters.js';
import { optimizerKind, updateRule } from './update-rule.js';

/** A coefficient of the Newton–Schulz polynomial. */
const coefficient = (power: string, value: number) =>
  Type.Number({ default: value, description: `coefficient of the ${power} power in the Newton–Schulz iteration` });

/**
 * Steps of matrices are made orthogonal (Jordan et al., 2024; Liu et al., "Muon is Scalable", 2025, arXiv 2502.16982), in Keras's
 * form. For weights of two dimensions:
 *
 * momentum ← momentum + gradient + momentum · (μ − 1); G = gradient + μ · momentum, or with `nesterov` false the momentum;
 * weight ← weight − weight · weightDecay · rate; weight ← weight − rate · O(G) · √(longer side) · rmsRate,
 *
 * where O is `nsSteps` times X ← aX + (bA + cA²)X with A = XXᵀ, from X = G / (‖G‖ + 1e-7), on the side of the shorter dimension.
 * All other weights, embeddings unless `excludeEmbeddings` is false, and those whose names match `excludeLayers` move as with adamw,
 * at rate · `adamLrRatio`. The output layer should be among them.
 */
export const muon = optimizerKind({
  name: 'muon',
  summary: 'orthogonal steps of equal length for matrices, adamw for all other weights',
  defaultRate: 0.001,
  code: { keras: 'Muon', noneInKeras: ['weightDecay', 'adamWeightDecay', 'rmsRate'], tfjs: () => null },
  parameters: Type.Object(
    {
      weightDecay: Type.Number({
        default: 0.004,
        minimum: 0,
        description: 'weight decay: each step subtracts this share of each weight, times the rate',
      }),
      momentum: Type.Number({
        default: 0.95,
        minimum: 0,
        maximum: 1,
        description: 'share of the old momentum in the new one',
      }),
      nesterov: Type.Boolean({ default: true, description: 'use Nesterov momentum' }),
      nsSteps: Type.Integer({ default: 5, minimum: 0, maximum: 100, description: 'Newton–Schulz iterations' }),
      muonA: coefficient('first', 3.4445),
      muonB: coefficient('third', -4.775),
      muonC: coefficient('fifth', 2.0315),
      rmsRate: Type.Number({
        default: 0.2,
        minimum: 0,
        description: 'root mean square of a step at rate 1; 0 to leave the step as it is (None in Keras)',
      }),
      excludeLayers: Type.Array(Type.String(), {
        default: [],
        description: 'patterns of the names of weights that adamw trains, such as that of the output layer',
      }),
      excludeEmbeddings: Type.Boolean({ default: true, description: 'train embeddings with adamw' }),
      adamBeta1: beta1,
      adamBeta2: beta2,
      epsilon,
      adamWeightDecay: Type.Number({ default: 0.004, minimum: 0, description: 'weight decay where adamw trains' }),
      adamLrRatio: Type.Number({
        default: 1,
        minimum: 0,
        description: 'what the rate is multiplied with where adamw trains',
      }),
    },
    { additionalProperties: false },
  ),
  create(options) {
    const { momentum, nesterov, nsSteps, rmsRate, excludeEmbeddings, adamBeta1, adamBeta2, epsilon } = options;
    const patterns = options.excludeLayers.map(patternOf);
    const isMatrix = ({ shape }: Tensor, name: string) =>
      shape.length === 2 &&
      !(excludeEmbeddings && name.toLowerCase().includes('embedding')) &&
      !patterns.some((pattern) => pattern.test(name));
    return updateRule({
      name: 'muon',
      usesMovingAverage: true,
      // Of matrices the velocity stays 0: slots have the same names for every weight.
      slots: { momentum: 0, velocity: 0 },
      velocitySlots: [],
      momentum,
      shared: {},
      prepare(rate, step, _shared, scheduled) {
        const correction = div(sqrt(sub(1, pow(adamBeta2, step))), sub(1, pow(adamBeta1, step)));
        return {
          rate,
          alpha: mul(mul(rate, options.adamLrRatio), correction),
          decay: mul(rate, options.weightDecay),
          adamDecay: mul(rate, options.adamWeightDecay),
          share: scheduled ?? scalar(momentum),
        };
      },
      update(weight, gradient, slots, { rate, alpha, decay, adamDecay, share }, name) {
        if (isMatrix(weight, name)) {
          const next = add(slots.momentum, add(gradient, mul(slots.momentum, sub(share, 1))));
          const step = orthogonal(nesterov ? add(gradient, mul(next, share)) : next, nsSteps, options);
          const scaled = mul(step, rate);
          const side = Math.sqrt(Math.max(...weight.shape));
          const move = rmsRate > 0 ? mul(mul(scaled, side), rmsRate) : scaled;
          const start = options.weightDecay > 0 ? sub(weight, mul(weight, decay)) : weight;
          return { weight: sub(start, move), slots: { momentum: next, velocity: slots.velocity } };
        }
        const start = options.adamWeightDecay > 0 ? sub(weight, mul(weight, adamDecay)) : weight;
        const next = add(slots.momentum, mul(sub(gradient, slots.momentum), 1 - adamBeta1));
        const velocity = add(slots.velocity, mul(sub(square(gradient), slots.velocity), 1 - adamBeta2));
        const move = div(mul(next, alpha), add(sqrt(velocity), epsilon));
        return { weight: sub(start, move), slots: { momentum: next, velocity } };
      },
    });
  },
});

/** The nearest matrix with orthonormal rows or columns, approximately: singular values become about 1. */
function orthogonal(
  matrix: Tensor,
  steps: number,
  { muonA, muonB, muonC }: Readonly<Record<'muonA' | 'muonB' | 'muonC', number>>,
): Tensor {
  const [rows, columns] = matrix.shape as [number, number];
  const wide = rows > columns ? transpose(matrix) : matrix;
  let x = div(wide, add(sqrt(sum(square(wide))), 1e-7));
  for (let i = 0; i < steps; i++) {
    const products = matMul(x, x, false, true);
    const odd = add(mul(products, muonB), matMul(mul(products, muonC), products));
    x = add(mul(x, muonA), matMul(odd, x));
  }
  return rows > columns ? transpose(x) : x;
}

/** @throws InputError for a text that is no regular expression */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InputError(`muon.excludeLayers must be regular expressions; got ${JSON.stringify(text)}`);
  }
}
