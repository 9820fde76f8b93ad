import { serialization } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { LossFunction } from '../losses/loss.js';
import { isOwnLoss } from '../losses/registry.js';
import { Composed } from '../model/layers/composed-layer.js';
import { layerClasses } from '../model/layers/table.js';

/** What runs in a step besides optimizers and metrics, which are always lrfind's. */
interface StepParts {
  /** The layers of the model, to any depth: `layersWithin(model)`. */
  readonly layers: ReadonlySet<layers.Layer>;
  /** Every loss that may run, also those on logits. */
  readonly losses: readonly LossFunction[];
  /** What layers add to the loss. */
  readonly penalties: readonly unknown[];
}

/**
 * Whether a step is known to depend on its arguments and variables alone, so that one trace of it is enough. It is where
 * every layer, activation, constraint and loss is TensorFlow.js's or lrfind's. Code of the caller's may draw random
 * numbers or count its calls; penalties are functions in which a regulariser of the caller's cannot be seen.
 */
export function isPureStep({ layers: all, losses, penalties }: StepParts): boolean {
  return penalties.length === 0 && losses.every(isOwnLoss) && [...all].every(isKnownLayer);
}

// TensorFlow.js's own names for them. Left out are `RandomWidth`, which draws its width in JavaScript, and initialisers,
// which do not run in a step.
const NAMES = [
  ...['InputLayer', 'Model', 'Functional', 'Sequential', 'TimeDistributed', 'Bidirectional'],
  ...['Dense', 'Activation', 'Dropout', 'SpatialDropout1D', 'Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Masking'],
  ...['ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU', 'Softmax', 'Embedding', 'Rescaling'],
  ...['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'SeparableConv2D', 'DepthwiseConv2D'],
  ...['Cropping2D', 'UpSampling2D', 'ZeroPadding2D', 'CenterCrop', 'Resizing', 'CategoryEncoding'],
  ...['MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
  ...['GlobalAveragePooling1D', 'GlobalMaxPooling1D', 'GlobalAveragePooling2D', 'GlobalMaxPooling2D'],
  ...['RNN', 'SimpleRNNCell', 'SimpleRNN', 'GRUCell', 'GRU', 'LSTMCell', 'LSTM', 'StackedRNNCells'],
  ...['ConvLSTM2DCell', 'ConvLSTM2D', 'BatchNormalization', 'LayerNormalization'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
  ...['GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['MaxNorm', 'UnitNorm', 'NonNeg', 'MinMaxNorm'],
  ...['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'tanh', 'softmax'],
  ...['logSoftmax', 'gelu', 'gelu_new', 'mish', 'swish'],
];

const { classNameMap } = serialization.SerializationMap.getMap();

// Read here rather than when a model is looked at: the caller may register another class under one of the names.
const KNOWN: ReadonlySet<unknown> = new Set([
  ...NAMES.flatMap((name) => classNameMap[name]?.[0] ?? []),
  ...layerClasses,
]);

function isKnownLayer(layer: layers.Layer): boolean {
  if (!KNOWN.has(layer.constructor) || (layer as { stateful?: boolean }).stateful) return false;
  // It looks its activation up by name, among classes that the caller may have registered.
  if (layer instanceof Composed && layer.config.activation) return false;
  return Object.entries(layer).every(([key, value]) => {
    // A method that the caller has replaced, or a function that the caller gave.
    if (typeof value === 'function') return false;
    return key.endsWith('Initializer') || !isPart(value) || KNOWN.has(value.constructor);
  });
}

/** Whether a property of a layer is an activation, a constraint or the like. The layers in it are looked at by themselves. */
function isPart(value: unknown): value is object {
  const { apply } = (value ?? {}) as { apply?: unknown };
  return typeof apply === 'function' && !(value instanceof layers.Layer);
}
