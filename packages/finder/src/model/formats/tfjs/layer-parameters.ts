import type { TSchema } from 'typebox';
import {
  batchShape,
  count,
  counts,
  dropped,
  flag,
  lengths,
  margins,
  notNegative,
  number,
  numbers,
  rowShape,
  share,
  targetShape,
  text,
  whole,
  wholes,
  word,
} from '../../layers/parameter-kinds.js';

/** The parameters of a layer class that have a range, in Keras's spelling. Null counts as left out. */
export interface LayerParameters {
  readonly required: Readonly<Record<string, TSchema>>;
  readonly optional: Readonly<Record<string, TSchema>>;
}

type Parameters = Readonly<Record<string, TSchema>>;

const layer = (required: Parameters, optional: Parameters = {}): LayerParameters => ({ required, optional });

const data_format = word('channels_last', 'channels_first');
const padding = word('valid', 'same', 'causal');
const interpolation = word('nearest', 'bilinear');
const convolution = { strides: counts, padding, data_format, dilation_rate: counts, use_bias: flag };
const conv = layer({ filters: count, kernel_size: counts }, { ...convolution, depth_multiplier: count });
const pool = layer({}, { pool_size: counts, strides: counts, padding, data_format });
const globalPool = layer({}, { data_format });
const cell = { use_bias: flag, dropout: dropped, recurrent_dropout: dropped, implementation: whole };
const recurrent = {
  ...cell,
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  stateful: flag,
  unroll: flag,
};
const merge = layer({});

/** What every layer takes. */
export const everyLayer: Parameters = {
  name: text,
  trainable: flag,
  dtype: word('float32', 'int32', 'bool'),
  batch_input_shape: batchShape,
  input_shape: rowShape,
  batch_size: count,
};

/** The parameters of TensorFlow.js's layers by their class. A class that is not here is not checked. */
export const layerParameters: Readonly<Record<string, LayerParameters>> = {
  InputLayer: layer({}, { sparse: flag }),
  Dense: layer({ units: count }, { use_bias: flag, input_dim: count }),
  Activation: layer({ activation: text }),
  Dropout: layer({ rate: dropped }, { noise_shape: rowShape }),
  SpatialDropout1D: layer({ rate: dropped }),
  GaussianDropout: layer({ rate: dropped }),
  AlphaDropout: layer({ rate: dropped }),
  GaussianNoise: layer({ stddev: notNegative }),
  Flatten: layer({}, { data_format }),
  Reshape: layer({ target_shape: targetShape }),
  Permute: layer({ dims: counts }),
  RepeatVector: layer({ n: count }),
  Masking: layer({}, { mask_value: number }),
  Embedding: layer({ input_dim: count, output_dim: count }, { mask_zero: flag, input_length: lengths }),
  Conv1D: conv,
  Conv2D: conv,
  Conv3D: conv,
  Conv2DTranspose: conv,
  Conv3DTranspose: conv,
  SeparableConv2D: conv,
  DepthwiseConv2D: layer({ kernel_size: counts }, { ...convolution, depth_multiplier: count }),
  ConvLSTM2D: layer({ filters: count, kernel_size: counts }, { ...convolution, ...recurrent }),
  ConvLSTM2DCell: layer({ filters: count, kernel_size: counts }, { ...convolution, ...cell }),
  Cropping2D: layer({}, { cropping: margins, data_format }),
  ZeroPadding2D: layer({}, { padding: margins, data_format }),
  UpSampling2D: layer({}, { size: counts, data_format, interpolation }),
  MaxPooling1D: pool,
  MaxPooling2D: pool,
  MaxPooling3D: pool,
  AveragePooling1D: pool,
  AveragePooling2D: pool,
  AveragePooling3D: pool,
  GlobalAveragePooling1D: globalPool,
  GlobalAveragePooling2D: globalPool,
  GlobalMaxPooling1D: globalPool,
  GlobalMaxPooling2D: globalPool,
  BatchNormalization: layer({}, { axis: wholes, momentum: share, epsilon: notNegative, center: flag, scale: flag }),
  LayerNormalization: layer({}, { axis: wholes, epsilon: notNegative, center: flag, scale: flag }),
  SimpleRNN: layer({ units: count }, recurrent),
  GRU: layer({ units: count }, { ...recurrent, reset_after: flag }),
  LSTM: layer({ units: count }, { ...recurrent, unit_forget_bias: flag }),
  SimpleRNNCell: layer({ units: count }, cell),
  GRUCell: layer({ units: count }, { ...cell, reset_after: flag }),
  LSTMCell: layer({ units: count }, { ...cell, unit_forget_bias: flag }),
  RNN: layer({}, recurrent),
  StackedRNNCells: layer({}),
  TimeDistributed: layer({}),
  Bidirectional: layer({}, { merge_mode: word('sum', 'mul', 'concat', 'ave') }),
  Add: merge,
  Multiply: merge,
  Average: merge,
  Maximum: merge,
  Minimum: merge,
  Concatenate: layer({}, { axis: whole }),
  Dot: layer({ axes: wholes }, { normalize: flag }),
  ReLU: layer({}, { max_value: notNegative }),
  LeakyReLU: layer({}, { alpha: notNegative }),
  PReLU: layer({}, { shared_axes: counts }),
  ELU: layer({}, { alpha: number }),
  ThresholdedReLU: layer({}, { theta: notNegative }),
  Softmax: layer({}, { axis: wholes }),
  Rescaling: layer({ scale: numbers }, { offset: numbers }),
  Resizing: layer({ height: count, width: count }, { interpolation }),
  CenterCrop: layer({ height: count, width: count }),
  CategoryEncoding: layer(
    { num_tokens: count },
    { output_mode: word('int', 'one_hot', 'multi_hot', 'count', 'tf_idf') },
  ),
  RandomWidth: layer({}, { factor: numbers, interpolation }),
  RandomHeight: layer({}, { factor: numbers, interpolation }),
};
