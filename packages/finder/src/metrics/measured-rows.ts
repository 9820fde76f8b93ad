import { InputError } from '@lrfind/core';
import { cast, reshape, type Tensor, util } from '@tensorflow/tfjs-core';
import type { MeasuredRows } from './metric-kind.js';

/**
 * A batch as a table of its rows, or of its steps where it has several.
 *
 * @param target numbers in the shape of the predictions, or class numbers
 * @param mask bool, true where an entry counts: [batch, steps]; null where all count
 * @param what what messages call what is measured
 * @throws InputError where the predictions do not belong to the entries of the mask
 */
export function measuredRows(target: Tensor, prediction: Tensor, mask: Tensor | null, what: string): MeasuredRows {
  const units = prediction.shape.at(-1) as number;
  if (mask && !util.arraysEqual(prediction.shape.slice(0, -1), mask.shape))
    throw new InputError(
      `${what} must have a prediction for each entry of the output's mask, shape [${mask.shape}]; got shape [${prediction.shape}]`,
    );
  return {
    target: reshape(target, [-1, target.size === prediction.size ? units : 1]),
    prediction: reshape(prediction, [-1, units]),
    counted: mask && cast(reshape(mask, [-1, 1]), 'float32'),
  };
}
