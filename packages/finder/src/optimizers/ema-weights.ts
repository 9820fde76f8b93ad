import { scalar, sub, type Tensor } from '@tensorflow/tfjs-core';

/** How an average is made of its old value and a new one: shares that add up to 1. */
export interface EmaWeights {
  /** Share of the old value. */
  readonly keep: Tensor;
  /** Share of the new one. */
  readonly rest: Tensor;
}

/**
 * The shares of a step: those of the rule, or those of a schedule that moves the momentum.
 *
 * @param keep the rule's own share of the old value
 * @param rest 1 less that, rounded as Keras does in this rule
 * @param moved a schedule's share of the old value at this step, a scalar
 */
export function emaWeights(keep: number, rest: number, moved: Tensor | undefined): EmaWeights {
  return moved ? { keep: moved, rest: sub(1, moved) } : { keep: scalar(keep), rest: scalar(rest) };
}
