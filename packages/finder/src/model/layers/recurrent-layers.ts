import type { layers } from '@tensorflow/tfjs-layers';
import { GRU_CLASSES } from './gru.js';
import { below, type KerasLayer, type KerasLayers } from './keras-layer.js';
import { count, dropped, flag, whole, word } from './parameter-kinds.js';

const cell = { use_bias: flag, dropout: dropped, recurrent_dropout: dropped, implementation: whole, seed: whole };
const loop = {
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  stateful: flag,
  unroll: flag,
};
const recurrent = { ...cell, ...loop };

/** The weights of a recurrent layer are those of its cell. */
const weights: KerasLayer['weights'] = (layer, weightsOf) =>
  below('cell', weightsOf((layer as unknown as { cell: layers.Layer }).cell));

/** Whether a GRU multiplies with its reset gate after the matrix, which is Keras's default and TensorFlow.js lacks. */
const resetsAfter = ({ reset_after }: Readonly<Record<string, unknown>>) => reset_after ?? true;

/** Recurrent layers and their cells. */
export const recurrentLayers: KerasLayers = {
  SimpleRNN: { required: { units: count }, optional: recurrent, weights },
  LSTM: { required: { units: count }, optional: { ...recurrent, unit_forget_bias: flag }, weights },
  GRU: {
    required: { units: count },
    optional: { ...recurrent, reset_after: flag },
    classes: GRU_CLASSES,
    toLayer: (config) =>
      resetsAfter(config)
        ? { class_name: 'KerasGRU', config }
        : { class_name: 'GRU', config: { ...config, reset_after: false } },
    weights,
  },
  SimpleRNNCell: { required: { units: count }, optional: cell },
  LSTMCell: { required: { units: count }, optional: { ...cell, unit_forget_bias: flag } },
  GRUCell: {
    required: { units: count },
    optional: { ...cell, reset_after: flag },
    toLayer: (config) =>
      resetsAfter(config)
        ? { class_name: 'KerasGRUCell', config }
        : { class_name: 'GRUCell', config: { ...config, reset_after: false } },
  },
  Bidirectional: {
    optional: { merge_mode: word('sum', 'mul', 'concat', 'ave') },
    weights: (layer, weightsOf) => {
      const { forwardLayer, backwardLayer } = layer as unknown as Record<string, layers.Layer>;
      return [
        ...below('forward_layer', weightsOf(forwardLayer as layers.Layer)),
        ...below('backward_layer', weightsOf(backwardLayer as layers.Layer)),
      ];
    },
  },
};
