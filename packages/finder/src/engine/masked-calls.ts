import { InputError } from '@lrfind/core';
import { any, cast, div, expandDims, fill, mul, reshape, sum, type Tensor, where } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { isRecurrent, type MaskedTensor } from './mask-rules.js';

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const MEAN_OF_STEPS = layers.globalAveragePooling1d({ name }).call;
const CLASS = {
  batchNorm: layers.batchNormalization({ name }).getClassName(),
  softmax: layers.softmax({ name }).getClassName(),
};

/**
 * The outputs of a layer whose first input has a mask.
 *
 * @param layer no model, and no `timeDistributed`
 * @param inputs one, or for a recurrent layer its first states besides
 * @throws InputError for a mask that the layer cannot use, which Keras refuses too
 */
export function maskedCall(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  mask: Tensor,
  training: boolean,
): Tensor[] {
  const [input, ...states] = inputs.map(({ value }) => value) as [Tensor, ...Tensor[]];
  if (layer.call === MEAN_OF_STEPS) return [meanOfSteps(layer, input, mask)];
  if (layer.getClassName() === CLASS.softmax && mask.rank === input.rank) return [shares(layer, input, mask, training)];
  const given = states.length > 0 ? [input, ...states] : input;
  return [layer.apply(given, { training, mask: maskForCall(layer, input, mask) })].flat() as Tensor[];
}

/** What is masked gets no share; where all is masked, nothing gets one. */
function shares(layer: layers.Layer, input: Tensor, mask: Tensor, training: boolean): Tensor {
  const kept = where(mask, input, fill(input.shape, -1e9));
  return mul(layer.apply(kept, { training }) as Tensor, cast(mask, 'float32'));
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
