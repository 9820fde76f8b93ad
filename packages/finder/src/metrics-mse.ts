import { reshape, square, sub } from '@tensorflow/tfjs-core';
import type { MetricKind } from './metrics-metric.js';

/** Mean square of the distance of predictions from targets. */
export const meanSquaredError: MetricKind = {
  name: 'meanSquaredError',
  summary: 'mean square of that distance',
  of: (target, prediction) => square(sub(prediction, reshape(target, prediction.shape))),
};
