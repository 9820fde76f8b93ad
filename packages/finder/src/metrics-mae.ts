import { abs, reshape, sub } from '@tensorflow/tfjs-core';
import type { MetricKind } from './metrics-metric.js';

/** Mean distance of predictions from targets. */
export const meanAbsoluteError: MetricKind = {
  name: 'meanAbsoluteError',
  summary: 'mean distance of predictions from targets',
  of: (target, prediction) => abs(sub(prediction, reshape(target, prediction.shape))),
};
