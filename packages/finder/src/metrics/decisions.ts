import { argMax, cast, greater, mul, oneHot, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { LossKind } from '../losses/loss.js';
import type { MeasuredRows } from './metric-kind.js';

/**
 * Above which prediction a unit means yes; `undefined` where the units are classes that exclude one another. The loss
 * decides, and where it is the caller's own function, a single unit is the probability of yes.
 */
export function yesThreshold(loss: LossKind | null, units: number | undefined): number | undefined {
  return loss?.yesAbove ?? (units === 1 ? 0.5 : undefined);
}

/** What rows are and what a model says they are: 1 for yes and 0 for no, [rows, units] each; 0 for rows that do not count. */
export interface Decisions {
  readonly actual: Tensor;
  readonly predicted: Tensor;
}

/** Each unit as a yes or no; of classes, yes for the likeliest. */
export function decisionsOf({ target, prediction, counted }: MeasuredRows, loss: LossKind | null): Decisions {
  const threshold = yesThreshold(loss, prediction.shape.at(-1));
  const predicted = threshold === undefined ? likeliest(prediction) : yes(prediction, threshold);
  const only = (values: Tensor) => (counted ? mul(values, counted) : values);
  return { actual: only(actualOf(target, prediction, loss)), predicted: only(predicted) };
}

/** What rows are, whatever the predictions: [rows, units]. */
export function actualOf(target: Tensor, prediction: Tensor, loss: LossKind | null): Tensor {
  const units = prediction.shape.at(-1) as number;
  if (yesThreshold(loss, units) !== undefined) return yes(target, loss?.target === 'sign' ? 0 : 0.5);
  return target.size === prediction.size ? likeliest(target) : oneHotOf(target, units);
}

const yes = (values: Tensor, threshold: number) => cast(greater(values, threshold), 'float32');

const likeliest = (values: Tensor) => cast(oneHot(argMax(values, -1), values.shape.at(-1) as number), 'float32');

const oneHotOf = (labels: Tensor, units: number) =>
  cast(oneHot(cast(reshape(labels, [-1]), 'int32'), units), 'float32');
