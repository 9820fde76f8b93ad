import { InputError, square } from '@lrfind/core';
import type { TargetScaling } from '@lrfind/data';
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { TrainableLosses } from '../losses/resolve.js';
import type { Metric } from '../metrics.js';

/**
 * What losses on a scaled target are multiplied with, so that they are in the target's own units.
 *
 * @throws InputError for a loss that grows in another way than a power of the target's scale
 */
export function lossScaleOf({ kinds, name }: TrainableLosses, scaling: TargetScaling | undefined): number {
  if (!scaling) return 1;
  const degree = kinds.length === 1 ? kinds[0]?.scaleDegree : undefined;
  if (degree === undefined)
    throw new InputError(
      `the loss of a scaled target must be meanSquaredError or meanAbsoluteError, for one output; got ${name}`,
    );
  return degree === 2 ? square(scaling.spread) : scaling.spread;
}

/** A metric on the target's own numbers, whatever the model is trained on. */
export function metricInUnits(metric: Metric, scaling: TargetScaling | undefined): Metric {
  if (!scaling) return metric;
  const own = (tensor: Tensor) => add(mul(tensor, scaling.spread), scaling.shift);
  const { compute, sums } = metric;
  if (compute) return { ...metric, compute: (target, prediction) => compute(own(target), own(prediction)) };
  return {
    ...metric,
    sums: { ...sums, measure: (target, prediction, mask) => sums.measure(own(target), own(prediction), mask) },
  };
}
