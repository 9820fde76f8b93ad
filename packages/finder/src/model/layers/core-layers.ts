import { clone } from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf } from './composed-layer.js';
import { below, type KerasLayers } from './keras-layer.js';
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
  call: ({ inputs }) => clone(inputs[0] as NonNullable<(typeof inputs)[0]>),
};

const data_format = word('channels_last', 'channels_first');
/** A seed of Keras's is of no use here: lrfind draws from the seed of each run. */
const seed = whole;
const dropout = { required: { rate: dropped }, optional: { noise_shape: rowShape, seed } };
const spatial = { required: { rate: dropped }, optional: { seed, data_format } };

/** Layers for any input: dense, embedding, dropout, and those that move values without changing them. */
export const coreLayers: KerasLayers = {
  Dense: { required: { units: count }, optional: { use_bias: flag, input_dim: count } },
  Embedding: {
    required: { input_dim: count, output_dim: count },
    optional: { mask_zero: flag, input_length: lengths },
  },
  Masking: { optional: { mask_value: number } },
  Identity: { classes: [classOf(identityLayer)], toLayer: (config) => ({ class_name: 'KerasIdentity', config }) },
  Flatten: { optional: { data_format } },
  Reshape: { required: { target_shape: targetShape } },
  Permute: { required: { dims: counts } },
  RepeatVector: { required: { n: count } },
  Dropout: dropout,
  SpatialDropout1D: spatial,
  GaussianDropout: { required: { rate: dropped }, optional: { seed } },
  AlphaDropout: dropout,
  GaussianNoise: { required: { stddev: notNegative }, optional: { seed } },
  TimeDistributed: {
    weights: (layer, weightsOf) => below('layer', weightsOf((layer as unknown as { layer: typeof layer }).layer)),
  },
};
