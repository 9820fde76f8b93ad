import { InputError } from '@lrfind/core';
import {
  add,
  cast,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  onesLike,
  reshape,
  rsqrt,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { alongAxes, axesOf, otherAxes } from './axes.js';
import { type ComposedLayer, classOf, type LayerCall, type Shape, type WeightSpec } from './composed-layer.js';
import type { Config, KerasLayer, KerasLayers } from './keras-layer.js';
import { flag, notNegative, share, whole, wholes } from './parameter-kinds.js';

/** The factor and the offset that a layer has. */
function affine({ scale, center }: Config, shape: number[]): WeightSpec[] {
  return [
    ...(scale === false ? [] : [{ name: 'gamma', shape, initial: 'Ones' }]),
    ...(center === false ? [] : [{ name: 'beta', shape, initial: 'Zeros' }]),
  ];
}

/** The values times the factor, plus the offset, both along some axes. */
function scaled(
  value: Tensor,
  { weights: { gamma, beta } }: Pick<LayerCall, 'weights'>,
  axes: readonly number[],
): Tensor {
  const along = (weight: Tensor) => reshape(weight, alongAxes(value.shape, axes));
  const factored = gamma ? mul(value, along(gamma)) : value;
  return beta ? add(factored, along(beta)) : factored;
}

const lengths = (shape: Shape, axes: readonly number[]) => axes.map((axis) => shape[axis] as number);

/** The mean and the variance along axes, as axes of length 1. */
function moments(x: Tensor, axes: number[]): [mean: Tensor, variance: Tensor] {
  const middle = mean(x, axes, true);
  return [middle, mean(square(sub(x, middle)), axes, true)];
}

/** The same of the steps that count. Keras adds its own epsilon here, which is not the layer's. */
function maskedMoments(x: Tensor, axes: number[], mask: Tensor): [mean: Tensor, variance: Tensor] {
  if (mask.rank !== x.rank - 1)
    throw new InputError(
      `BatchNormalization must get a mask with one dimension less than its input, whose shape is [${x.shape}]; got a mask of shape [${mask.shape}]`,
    );
  const counts = mul(expandDims(cast(mask, 'float32'), -1), onesLike(x));
  const total = add(sum(counts, axes, true), 1e-7);
  const middle = div(sum(mul(x, counts), axes, true), total);
  return [middle, div(sum(square(mul(sub(x, middle), counts)), axes, true), total)];
}

const batchLayer: ComposedLayer = {
  className: 'KerasBatchNormalization',
  weights: (config, [shape = []]) => {
    const length = lengths(shape, axesOf(config.axis ?? -1, shape.length));
    return [
      ...affine(config, length),
      { name: 'moving_mean', shape: length, initial: 'Zeros', trainable: false },
      { name: 'moving_variance', shape: length, initial: 'Ones', trainable: false },
    ];
  },
  call: (call) => {
    const { inputs, masks, config, weights, training, frozen, write } = call;
    const x = inputs[0] as Tensor;
    const axes = axesOf(config.axis ?? -1, x.rank);
    const epsilon = (config.epsilon ?? 1e-3) as number;
    const { moving_mean: movingMean, moving_variance: movingVariance } = weights as Record<string, Tensor>;
    const along = (weight: Tensor | undefined) => reshape(weight as Tensor, alongAxes(x.shape, axes));
    let [middle, variance] = [along(movingMean), along(movingVariance)];
    if (training && !frozen) {
      const others = otherAxes(x.rank, axes);
      [middle, variance] = masks[0] ? maskedMoments(x, others, masks[0]) : moments(x, others);
      const share = 1 - ((config.momentum ?? 0.99) as number);
      const moved = (before: Tensor, now: Tensor) => sub(before, mul(sub(before, reshape(now, before.shape)), share));
      write('moving_mean', moved(movingMean as Tensor, middle));
      write('moving_variance', moved(movingVariance as Tensor, variance));
    }
    return scaled(div(sub(x, middle), sqrt(add(variance, epsilon))), call, axes);
  },
};

const layerLayer: ComposedLayer = {
  className: 'KerasLayerNormalization',
  weights: (config, [shape = []]) => {
    const length = lengths(shape, axesOf(config.axis ?? -1, shape.length));
    return affine(config.rms_scaling ? { scale: true, center: false } : config, length);
  },
  call: (call) => {
    const x = call.inputs[0] as Tensor;
    const { axis = -1, epsilon = 1e-3, rms_scaling } = call.config;
    const axes = axesOf(axis, x.rank);
    const [middle, variance] = moments(x, axes);
    // Keras divides by the root of the variance here too, not by that of the mean square.
    const centred = rms_scaling ? x : sub(x, middle);
    return scaled(mul(centred, rsqrt(add(variance, epsilon as number))), call, axes);
  },
};

const rmsLayer: ComposedLayer = {
  className: 'KerasRMSNormalization',
  // Unlike the other normalisations.
  mask: 'drop',
  weights: (config, [shape = []]) => [
    { name: 'scale', shape: lengths(shape, axesOf(config.axis ?? -1, shape.length)), initial: 'Ones' },
  ],
  call: ({ inputs, weights, config: { axis = -1, epsilon = 1e-6 } }) => {
    const x = inputs[0] as Tensor;
    const axes = axesOf(axis, x.rank);
    const normal = mul(x, rsqrt(add(mean(square(x), axes, true), epsilon as number)));
    return mul(normal, reshape(weights.scale as Tensor, alongAxes(x.shape, axes)));
  },
};

const groupLayer: ComposedLayer = {
  className: 'KerasGroupNormalization',
  weights: (config, [shape = []]) => affine(config, lengths(shape, axesOf(config.axis ?? -1, shape.length))),
  call: (call) => {
    const x = call.inputs[0] as Tensor;
    const { axis = -1, groups = 32, epsilon = 1e-3 } = call.config;
    const [channels] = axesOf(axis, x.rank) as [number];
    const length = x.shape[channels] as number;
    const parts = groups === -1 ? length : (groups as number);
    if (length % parts !== 0)
      throw new InputError(`GroupNormalization: groups must divide the ${length} channels; got ${parts}`);
    const grouped = reshape(x, [...x.shape.slice(0, channels), parts, length / parts, ...x.shape.slice(channels + 1)]);
    const [middle, variance] = moments(grouped, otherAxes(grouped.rank, [0, channels]));
    const normal = mul(sub(grouped, middle), rsqrt(add(variance, epsilon as number)));
    return scaled(reshape(normal, x.shape), call, [channels]);
  },
};

const unitLayer: ComposedLayer = {
  className: 'KerasUnitNormalization',
  call: ({ inputs, config: { axis = -1 } }) => {
    const x = inputs[0] as Tensor;
    return mul(x, rsqrt(maximum(sum(square(x), axesOf(axis, x.rank), true), 1e-12)));
  },
};

/** TensorFlow.js normalises up to four axes, along the last, with a factor and an offset. */
function isStock({ axis = -1, scale, center, rms_scaling }: Config, shape: Shape | undefined): boolean {
  const list = [axis].flat() as number[];
  const isLast = list.length === 1 && (list[0] === -1 || list[0] === (shape?.length ?? 0) - 1);
  return isLast && scale !== false && center !== false && !rms_scaling && shape !== undefined && shape.length <= 4;
}

const row = (composed: ComposedLayer, stock: string | undefined, optional: KerasLayer['optional']): KerasLayer => ({
  optional: { axis: wholes, epsilon: notNegative, ...optional },
  classes: [classOf(composed)],
  toLayer: (config, _keras, shape) => {
    if (!stock || !isStock(config, shape)) return { class_name: composed.className, config };
    const { rms_scaling, renorm, renorm_momentum, ...own } = config;
    return { class_name: stock, config: { ...own, axis: -1 } };
  },
});

/** Normalisations. */
export const normalizationLayers: KerasLayers = {
  BatchNormalization: {
    ...row(batchLayer, 'BatchNormalization', {
      momentum: share,
      center: flag,
      scale: flag,
      renorm: flag,
      renorm_momentum: share,
    }),
    refused: ({ axis = -1, renorm }) => {
      if (renorm) return 'must not have renorm; got true: train it without in Keras, or freeze it';
      return [axis].flat().length === 1 ? undefined : 'must normalise along one axis; Keras 3 has no more either';
    },
  },
  LayerNormalization: row(layerLayer, 'LayerNormalization', { center: flag, scale: flag, rms_scaling: flag }),
  RMSNormalization: row(rmsLayer, undefined, {}),
  GroupNormalization: row(groupLayer, undefined, { groups: whole, center: flag, scale: flag }),
  UnitNormalization: row(unitLayer, undefined, {}),
};
