import {
  add,
  broadcastTo,
  cast,
  div,
  expandDims,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** A layer's output for a masked input. */
type MaskedCall = (layer: layers.Layer, input: Tensor, mask: Tensor, training: boolean) => Tensor | undefined;

/** What is used of batch normalisation here. TensorFlow.js declares it private. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma: Weight;
  readonly beta: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

interface Weight {
  read(): Tensor;
  write(value: Tensor): void;
}

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const CALLS: ReadonlyMap<unknown, MaskedCall> = new Map<unknown, MaskedCall>([
  [layers.globalAveragePooling1d({ name }).call, meanOfSteps],
  [layers.batchNormalization({ name }).call, normalised],
]);

/**
 * The outputs of layers whose result depends on the mask of their input in Keras and not in TensorFlow.js.
 *
 * @returns undefined for a layer that TensorFlow.js calls as Keras does
 */
export function maskedCall(layer: layers.Layer, input: Tensor, mask: Tensor, training: boolean): Tensor[] | undefined {
  const output = CALLS.get(layer.call)?.(layer, input, mask, training);
  return output && [output];
}

/** The mean over the steps that count. Without any it is NaN, as in Keras. */
function meanOfSteps(_layer: layers.Layer, input: Tensor, mask: Tensor): Tensor {
  const counts = expandDims(cast(mask, 'float32'), 2);
  return div(sum(mul(input, counts), 1), sum(counts, 1));
}

/** Normalises a batch by the mean and the variance of the steps that count, and moves the statistics by these. */
function normalised(layer: layers.Layer, input: Tensor, mask: Tensor, training: boolean): Tensor | undefined {
  if (!training) return undefined;
  const { axis, momentum, epsilon, gamma, beta, movingMean, movingVariance } = layer as unknown as BatchNormalization;
  const channels = axis < 0 ? axis + input.rank : axis;
  const others = input.shape.map((_, i) => i).filter((i) => i !== channels);
  const along = input.shape.map((length, i) => (i === channels ? length : 1));
  const counts = broadcastTo(expandDims(cast(mask, 'float32'), -1), input.shape);
  // Keras's own epsilon, which is not the layer's.
  const total = add(sum(counts, others, true), 1e-7);
  const mean = div(sum(mul(input, counts), others, true), total);
  const variance = div(sum(square(mul(sub(input, mean), counts)), others, true), total);
  for (const [weight, value] of [
    [movingMean, mean],
    [movingVariance, variance],
  ] as const) {
    const before = weight.read();
    weight.write(sub(before, mul(sub(before, reshape(value, before.shape)), 1 - momentum)));
  }
  const scaled = mul(div(sub(input, mean), sqrt(add(variance, epsilon))), reshape(gamma.read(), along));
  return add(scaled, reshape(beta.read(), along));
}
