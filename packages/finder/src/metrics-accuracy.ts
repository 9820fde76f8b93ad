import { argMax, cast, equal, greater, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { MetricKind } from './metrics-metric.js';

/** Losses on values of which each is a yes or no of its own, and where yes begins. */
const binary: Readonly<Record<string, number>> = {
  binaryCrossentropy: 0.5,
  sigmoidCrossEntropy: 0,
  hinge: 0,
  squaredHinge: 0,
};

/**
 * The share of rows whose most likely class is the right one; of outputs on which each unit is a yes or no of its own, the share of
 * right ones. The choice is Keras's for `metrics=['accuracy']`: by the loss, and by the shapes where the loss does not tell.
 */
export const accuracy: MetricKind = {
  name: 'accuracy',
  summary: 'share of right classes, of the most likely ones or of yes and no',
  of(target, prediction, loss) {
    const units = prediction.shape.at(-1) as number;
    const threshold = binary[loss ?? ''] ?? (units === 1 ? 0.5 : undefined);
    if (threshold !== undefined) {
      const yes = (values: Tensor) => cast(greater(values, threshold), 'float32');
      return cast(equal(yes(reshape(target, prediction.shape)), yes(prediction)), 'float32');
    }
    const classes = reshape(argMax(prediction, -1), [-1]);
    const labels =
      target.size === prediction.size ? argMax(reshape(target, prediction.shape), -1) : cast(target, 'int32');
    return cast(equal(classes, reshape(labels, [-1])), 'float32');
  },
};
