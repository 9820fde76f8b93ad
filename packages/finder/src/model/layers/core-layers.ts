import { abs, add, clone, div, mul, ones, type Scalar, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf } from './composed-layer.js';
import { below, type KerasLayer, type KerasLayers } from './keras-layer.js';
import {
  count,
  counts,
  dropped,
  flag,
  lengths,
  notNegative,
  number,
  rowShape,
  targetShape,
  whole,
  word,
} from './parameter-kinds.js';

const identityLayer: ComposedLayer = {
  className: 'KerasIdentity',
  // A tensor of its own, since TensorFlow.js may free the input before the output.
  call: ({ inputs }) => clone(inputs[0] as Tensor),
};

const activityLayer: ComposedLayer = {
  className: 'KerasActivityRegularization',
  call: ({ inputs }) => clone(inputs[0] as Tensor),
  // For each row of the batch, as in Keras.
  penalty: (output, { l1 = 0, l2 = 0 }) =>
    div(
      add(mul(sum(abs(output)), l1 as number), mul(sum(square(output)), l2 as number)),
      output.shape[0] as number,
    ) as Scalar,
};

const data_format = word('channels_last', 'channels_first');
/** A seed of Keras's is of no use here: lrfind draws from the seed of each run. */
const seed = whole;
const dropout = { required: { rate: dropped }, optional: { noise_shape: rowShape, seed } };
const spatial = { required: { rate: dropped }, optional: { seed, data_format } };

/** Whole channels are dropped. */
function spatialDropout(className: string): KerasLayer {
  const layer: ComposedLayer = {
    className,
    channels: true,
    call: ({ inputs, config, dropped: drop }) => {
      const x = inputs[0] as Tensor;
      const channels = ones(x.shape.map((length, i) => (i === 0 || i === x.rank - 1 ? length : 1)));
      return mul(x, drop(channels, config.rate as number));
    },
  };
  return { ...spatial, classes: [classOf(layer)], toLayer: (config) => ({ class_name: className, config }) };
}

/** Layers for any input: dense, embedding, dropout, and those that move values without changing them. */
export const coreLayers: KerasLayers = {
  Dense: { required: { units: count }, optional: { use_bias: flag, input_dim: count } },
  Embedding: {
    required: { input_dim: count, output_dim: count },
    optional: { mask_zero: flag, input_length: lengths },
  },
  Masking: { optional: { mask_value: number } },
  Identity: { classes: [classOf(identityLayer)], toLayer: (config) => ({ class_name: 'KerasIdentity', config }) },
  ActivityRegularization: {
    optional: { l1: notNegative, l2: notNegative },
    classes: [classOf(activityLayer)],
    toLayer: (config) => ({ class_name: 'KerasActivityRegularization', config }),
  },
  Flatten: { optional: { data_format } },
  Reshape: { required: { target_shape: targetShape } },
  Permute: { required: { dims: counts } },
  RepeatVector: { required: { n: count } },
  Dropout: dropout,
  SpatialDropout1D: spatial,
  SpatialDropout2D: spatialDropout('KerasSpatialDropout2D'),
  SpatialDropout3D: spatialDropout('KerasSpatialDropout3D'),
  GaussianDropout: { required: { rate: dropped }, optional: { seed } },
  AlphaDropout: dropout,
  GaussianNoise: { required: { stddev: notNegative }, optional: { seed } },
  TimeDistributed: {
    weights: (layer, weightsOf) => below('layer', weightsOf((layer as unknown as { layer: typeof layer }).layer)),
  },
};
