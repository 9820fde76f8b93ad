import { InputError } from '@lrfind/core';
import { cast, div, maximum, mul, onesLike, reshape, type Scalar, sum, type Tensor, util } from '@tensorflow/tfjs-core';

/** A mean, and how many numbers it is of. */
export interface MaskedMean {
  readonly mean: Scalar;
  readonly count: Scalar;
}

/**
 * The mean over the numbers that count, as Keras's losses and metrics take it; 0 where none does.
 *
 * @param values a number for each entry of the mask, or several: [batch, steps, …]
 * @param mask bool, true where an entry counts: [batch, steps]
 * @param what what messages call the values
 * @throws InputError where the values do not belong to the entries of the mask
 */
export function maskedMean(values: Tensor, mask: Tensor, what: string): MaskedMean {
  // Some metrics have their entries in a row.
  const entries = values.size === mask.size ? reshape(values, mask.shape) : values;
  if (!util.arraysEqual(entries.shape.slice(0, mask.rank), mask.shape)) {
    throw new InputError(
      `${what} must give a number for each entry of the output's mask, shape [${mask.shape}]; got shape [${values.shape}]`,
    );
  }
  const inner = entries.shape.slice(mask.rank).map(() => 1);
  const counted = mul(cast(reshape(mask, [...mask.shape, ...inner]), 'float32'), onesLike(entries));
  const count = sum(counted) as Scalar;
  // Where nothing counts the sum is 0, and so are the mean and its gradient.
  return { mean: div(sum(mul(entries, counted)), maximum(count, 1)) as Scalar, count };
}

/**
 * The entries of a loss, each multiplied by the weight of its row. Their mean is Keras's loss with `sample_weight`: it
 * divides by the number of entries, not by the sum of the weights.
 *
 * @param values one number or several for each row, rows first
 * @param weights one for each row
 * @param what what messages call the values
 * @throws InputError where the values are one number in all
 */
export function weightedEntries(values: Tensor, weights: Tensor, what: string): Tensor {
  const rows = weights.size;
  if (values.rank === 0 || values.size % rows !== 0)
    throw new InputError(
      `${what} must give a number for each row, because rows have weights; got shape [${values.shape}]`,
    );
  return reshape(mul(reshape(values, [rows, -1]), reshape(weights, [rows, 1])), values.shape);
}
