import type { layers } from '@tensorflow/tfjs-layers';
import { below, type Config, type KerasLayer, type KerasLayers } from './keras-layer.js';
import type { PartConfig } from './keras-parts.js';
import { count, dropped, flag, whole, word } from './parameter-kinds.js';
import { recurrentClasses } from './recurrent-classes.js';

const cell = { use_bias: flag, dropout: dropped, recurrent_dropout: dropped, implementation: whole, seed: whole };
const loop = {
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  stateful: flag,
  unroll: flag,
};
const recurrent = { ...cell, ...loop, zero_output_for_mask: flag };

/** The weights of a recurrent layer are those of its cell. */
const weights: KerasLayer['weights'] = (layer, weightsOf) =>
  below('cell', weightsOf((layer as unknown as { cell: layers.Layer }).cell));

/** Whether a GRU multiplies with its reset gate after the matrix, which is Keras's default and TensorFlow.js lacks. */
const resetsAfter = ({ reset_after }: Config) => reset_after !== false;

/** TensorFlow.js's class, or that with Keras's choices where they differ. */
const layer = (name: string, differs: (config: Config) => boolean, stock: Config = {}): KerasLayer['toLayer'] => {
  return ({ zero_output_for_mask: zero, ...config }) =>
    zero || differs(config)
      ? { class_name: `Keras${name}`, config: { ...config, zero_output_for_mask: zero ?? false } }
      : { class_name: name, config: { ...config, ...stock } };
};

/** A layer in a direction, under the name that it had before: TensorFlow.js puts the direction before the name again. */
function undirected(inner: unknown): unknown {
  const { class_name, config } = inner as PartConfig;
  const name = typeof config.name === 'string' ? config.name.replace(/^(forward|backward)_/, '') : undefined;
  return { class_name, config: name ? { ...config, name } : config };
}

/** A state may stand behind the sequence. */
const severalInputs = true;

/** Recurrent layers and their cells. */
export const recurrentLayers: KerasLayers = {
  SimpleRNN: {
    severalInputs,
    required: { units: count },
    optional: recurrent,
    toLayer: layer('SimpleRNN', () => false),
    weights,
  },
  LSTM: {
    severalInputs,
    required: { units: count },
    optional: { ...recurrent, unit_forget_bias: flag },
    toLayer: layer('LSTM', () => false),
    weights,
  },
  GRU: {
    severalInputs,
    required: { units: count },
    optional: { ...recurrent, reset_after: flag },
    toLayer: (config, ...others) => {
      const resets = resetsAfter(config);
      const made = layer('GRU', () => resets) as NonNullable<KerasLayer['toLayer']>;
      return made({ ...config, reset_after: resets }, ...others);
    },
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
  StackedRNNCells: {
    weights: (made, weightsOf) => {
      const { cells } = made as unknown as { cells: layers.Layer[] };
      const names = numbered(cells.map((each) => snakeCase(each.getClassName().replace(/^Keras/, ''))));
      return below(
        'cells',
        cells.flatMap((each, i) => below(names[i] as string, weightsOf(each))),
      );
    },
  },
  RNN: {
    severalInputs,
    optional: { ...loop, zero_output_for_mask: flag },
    toLayer: layer('RNN', () => true),
    weights,
  },
  Bidirectional: {
    severalInputs,
    optional: { merge_mode: word('sum', 'mul', 'concat', 'ave') },
    classes: recurrentClasses,
    toLayer: ({ layer: forward, backward_layer: backward, ...config }) => ({
      class_name: backward ? 'KerasBidirectional' : 'Bidirectional',
      config: {
        ...config,
        layer: undirected(forward),
        ...(backward ? { backward_layer: backward } : {}),
      },
    }),
    weights: (made, weightsOf) => {
      const { forwardLayer, backwardLayer } = made as unknown as Record<string, layers.Layer>;
      return [
        ...below('forward_layer', weightsOf(forwardLayer as layers.Layer)),
        ...below('backward_layer', weightsOf(backwardLayer as layers.Layer)),
      ];
    },
  },
};

/** Names as Keras numbers them within a list: `lstm_cell`, `lstm_cell_1`. */
function numbered(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((each) => each === name).length;
    return before ? `${name}_${before}` : name;
  });
}

/** `LSTMCell` as `lstm_cell`. */
function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
