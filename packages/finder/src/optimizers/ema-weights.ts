import { scalar, sub, type Tensor } from '@tensorflow/tfjs-core';

/** The weights of an exponential moving average; they add up to 1. */
export interface EmaWeights {
  /** Weight of the old average. */
  readonly keep: Tensor;
  /** Weight of the new value. */
  readonly rest: Tensor;
}

/**
 * The weights of a step: the rule's own, or those that a schedule of the momentum sets.
 *
 * @param keep the rule's own weight of the old average
 * @param rest 1 − keep, rounded as Keras rounds it in this rule
 * @param scheduled a schedule's weight of the old average at this step, a scalar
 */
export function emaWeights(keep: number, rest: number, scheduled: Tensor | undefined): EmaWeights {
  return scheduled ? { keep: scheduled, rest: sub(1, scheduled) } : { keep: scalar(keep), rest: scalar(rest) };
}
