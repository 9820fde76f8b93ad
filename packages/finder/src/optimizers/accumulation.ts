import { add, div, equal, floor, mul, sub, type Tensor, where } from '@tensorflow/tfjs-core';
import * as Type from 'typebox';
import type { OptimizerKind, UpdateRule } from './update-rule.js';

const gradientAccumulationSteps = Type.Optional(
  Type.Integer({
    minimum: 2,
    maximum: 1_000_000,
    description: 'batches whose mean gradient makes one update, which acts as a larger batch',
  }),
);

/** Adds the accumulation of gradients to an optimizer, as Keras's optimizers have it. */
export function withAccumulation(kind: OptimizerKind): OptimizerKind {
  return {
    ...kind,
    parameters: Type.Object(
      { ...kind.parameters.properties, gradientAccumulationSteps },
      { additionalProperties: false },
    ),
    create({ gradientAccumulationSteps: batches, ...options }) {
      const rule = kind.create(options);
      return batches === undefined ? rule : accumulating(rule, batches as number);
    },
  };
}

/**
 * A rule that updates once in a number of batches. The number of a step counts batches; the rule itself sees the number
 * of the update, as in Keras.
 */
function accumulating(rule: UpdateRule, batches: number): UpdateRule {
  return {
    ...rule,
    batchesPerUpdate: batches,
    slots: { ...rule.slots, accumulated: 0 },
    shared: { ...rule.shared, ...(rule.usesLoss && { accumulatedLoss: 0 }) },
    prepare(rate, step, shared, momentum) {
      const updatesBefore = floor(div(sub(step, 1), batches));
      const prepared = rule.prepare(rate, add(updatesBefore, 1), shared, momentum);
      return { ...prepared, isUpdate: equal(mul(floor(div(step, batches)), batches), step) };
    },
  };
}

/** The new value after the last batch of an update, the old one after the others. */
export function selected(isUpdate: Tensor | undefined, updated: Tensor, before: Tensor): Tensor {
  return isUpdate ? where(isUpdate, updated, before) : updated;
}
