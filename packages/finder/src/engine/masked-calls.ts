import { InputError } from '@lrfind/core';
import { any, cast, div, expandDims, mul, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { isRecurrent } from './mask-rules.js';

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const MEAN_OF_STEPS = layers.globalAveragePooling1d({ name }).call;
const CLASS = {
  batchNorm: layers.batchNormalization({ name }).getClassName(),
  softmax: layers.softmax({ name }).getClassName(),
};

/**
 * The outputs of a layer for its only input, which has a mask.
 *
 * @param layer no model, and no `timeDistributed`
 * @throws InputError for a mask that the layer cannot use, which Keras refuses too
 */
export function maskedCall(layer: layers.Layer, input: Tensor, mask: Tensor, training: boolean): Tensor[] {
  if (layer.call === MEAN_OF_STEPS) return [meanOfSteps(layer, input, mask)];
  return [layer.apply(input, { training, mask: maskForCall(layer, input, mask) })].flat() as Tensor[];
}

/** The mean over the steps that count. Without any it is NaN, as in Keras. */
function meanOfSteps(layer: layers.Layer, input: Tensor, mask: Tensor): Tensor {
  if (mask.rank !== 2) throw unusable(layer, 'a mask of shape [batch, steps]', mask);
  const counts = expandDims(cast(mask, 'float32'), 2);
  return div(sum(mul(input, counts), 1), sum(counts, 1));
}

/** The mask in the form in which a layer takes it. */
function maskForCall(layer: layers.Layer, input: Tensor, mask: Tensor): Tensor {
  if (isRecurrent(layer)) return maskOfSteps(layer, input, mask);
  const kind = layer.getClassName();
  if (kind === CLASS.softmax)
    throw unusable(
      layer,
      'a sequence without a mask (the activation "softmax" of the layer before it takes one)',
      mask,
    );
  if (kind === CLASS.batchNorm && mask.rank !== input.rank - 1)
    throw unusable(layer, `a mask with one dimension less than its input, whose shape is [${input.shape}]`, mask);
  return mask;
}

/** The steps that count, as [batch, steps, 1, …]. A step that has parts counts where any of them does. */
function maskOfSteps(layer: layers.Layer, input: Tensor, mask: Tensor): Tensor {
  const isUsable = mask.rank === 2 || (mask.rank === 3 && input.rank === 3);
  if (!isUsable) throw unusable(layer, 'a mask of shape [batch, steps]', mask);
  const steps = mask.rank === 2 ? mask : any(mask, 2);
  return reshape(steps, [...steps.shape, ...input.shape.slice(2).map(() => 1)]);
}

function unusable(layer: layers.Layer, wanted: string, mask: Tensor): InputError {
  const title = `layer "${layer.name}" (${layer.getClassName()})`;
  return new InputError(`${title} must get ${wanted}; got a mask of shape [${mask.shape}]`);
}
