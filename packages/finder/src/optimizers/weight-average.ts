import { add, cast, div, equal, floor, greater, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import type { Named, OptimizerKind, UpdateRule } from './update-rule.js';

const parameters = Type.Object({
  useEma: Type.Optional(
    Type.Boolean({ description: 'keep a moving average of the weights; the training ends with it as the weights' }),
  ),
  emaMomentum: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'share of the old average in the moving average; 99 % unless given',
    }),
  ),
  emaOverwriteFrequency: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'steps after which the average replaces the weights during the training; never unless given',
    }),
  ),
});

/** Keras's default. */
const STANDARD_MOMENTUM = 0.99;

/** Adds the moving average of the weights to an optimizer, as Keras's optimizers have it, unless it keeps an average itself. */
export function withWeightAverage(kind: OptimizerKind): OptimizerKind {
  if (kind.averagesWeights) return kind;
  return {
    ...kind,
    parameters: Type.Object(
      { ...kind.parameters.properties, ...parameters.properties },
      { additionalProperties: false },
    ),
    create({ useEma, emaMomentum = STANDARD_MOMENTUM, emaOverwriteFrequency, ...options }) {
      const rule = kind.create(options);
      return useEma ? averaging(rule, emaMomentum as number, emaOverwriteFrequency as number | undefined) : rule;
    },
  };
}

/**
 * A rule that keeps the average: average ← momentum · average + (1 − momentum) · weight after every step, and the weight
 * itself after the first update.
 */
function averaging(rule: UpdateRule, momentum: number, frequency: number | undefined): UpdateRule {
  const batches = rule.batchesPerUpdate ?? 1;
  return {
    ...rule,
    averagesWeights: true,
    slots: { ...rule.slots, weightAverage: 0 },
    prepare(rate, step, shared, scheduled) {
      const updatesBefore = batches === 1 ? sub(step, 1) : floor(div(sub(step, 1), batches));
      const update = add(updatesBefore, 1);
      return {
        ...rule.prepare(rate, step, shared, scheduled),
        averageMomentum: mul(cast(greater(updatesBefore, 0), 'float32'), momentum),
        ...(frequency !== undefined && { overwrites: equal(mul(floor(div(update, frequency)), frequency), update) }),
      };
    },
  };
}

/** momentum · average + (1 − momentum) · weight */
export function nextAverage(average: Tensor, weight: Tensor, { averageMomentum }: Named<Tensor>): Tensor {
  const momentum = averageMomentum as Tensor;
  return add(mul(momentum, average), mul(sub(1, momentum), weight));
}
