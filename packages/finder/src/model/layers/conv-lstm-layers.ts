import {
  add,
  cast,
  mul,
  reshape,
  split,
  stack,
  sub,
  type Tensor,
  tensor1d,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { activated, type ComposedLayer, classOf, type LayerCall, type Shape } from './composed-layer.js';
import { convolved, convolvedLength, perAxis, type Steps } from './convolution.js';
import { below, type Config, type KerasLayer, type KerasLayers, ownWeights } from './keras-layer.js';
import { count, counts, dropped, flag, whole, word } from './parameter-kinds.js';

function stepsOf({ strides, dilation_rate, padding }: Config, rank: number): Steps {
  return {
    strides: perAxis(strides, rank),
    dilations: perAxis(dilation_rate, rank),
    padding: (padding ?? 'valid') as string,
  };
}

/** The shape of a step of the output. */
function stepShape(config: Config, [batch, , ...image]: Shape): Shape {
  const rank = image.length - 1;
  const steps = stepsOf(config, rank);
  const lengths = perAxis(config.kernel_size, rank).map((size, i) =>
    convolvedLength(image[i] as number | null, size, steps, i),
  );
  return [batch as number | null, ...lengths, config.filters as number];
}

/** An LSTM whose products are convolutions, over images of one or three axes; TensorFlow.js has those of two. */
const layer = (className: string): ComposedLayer => ({
  className,
  mask: ({ masks, config }) => (config.return_sequences ? (masks[0] ?? null) : null),
  weights: (config, [shape = []]) => {
    const filters = config.filters as number;
    const sizes = perAxis(config.kernel_size, shape.length - 3);
    const forget = (length: number) =>
      tensor1d(Array.from({ length }, (_, i) => (filters <= i && i < 2 * filters ? 1 : 0)));
    return [
      { name: 'kernel', shape: [...sizes, shape.at(-1) as number, 4 * filters] },
      { name: 'recurrent_kernel', key: 'recurrent', shape: [...sizes, filters, 4 * filters], initial: 'Orthogonal' },
      ...(config.use_bias === false
        ? []
        : [
            {
              name: 'bias',
              shape: [4 * filters],
              initial: 'Zeros',
              ...(config.unit_forget_bias === false ? {} : { draw: () => forget(4 * filters) }),
            },
          ]),
    ];
  },
  outputShape: (config, [shape = []]) => {
    const [batch, ...image] = stepShape(config, shape);
    const step = [batch as number | null, ...image];
    const output = config.return_sequences ? [step[0] as number | null, shape[1] as number | null, ...image] : step;
    return config.return_state ? [output, step, step] : output;
  },
  call: (call) => {
    const { inputs, masks, config } = call;
    const x = inputs[0] as Tensor;
    const steps = unstack(call.dropped(x, (config.dropout ?? 0) as number), 1);
    const kept = masks[0] ? unstack(masks[0], 1) : undefined;
    const order = [...steps.keys()];
    if (config.go_backwards) order.reverse();
    const nothing = zeros(stepShape(config, x.shape) as number[]);
    let [output, state, memory] = [nothing, nothing, nothing];
    const outputs = order.map((i) => {
      const [made, remembered] = step(steps[i] as Tensor, state, memory, call);
      const counts = kept?.[i];
      const either = (now: Tensor, before: Tensor) => (counts ? chosen(counts, now, before) : now);
      output = either(made, config.zero_output_for_mask ? nothing : output);
      state = either(made, state);
      memory = either(remembered, memory);
      return output;
    });
    const result = config.return_sequences ? stack(outputs, 1) : output;
    return config.return_state ? [result, state, memory] : result;
  },
});

/** One value where the step counts, the other where it does not. */
function chosen(counts: Tensor, now: Tensor, before: Tensor): Tensor {
  const share = reshape(cast(counts, 'float32'), [counts.size, ...now.shape.slice(1).map(() => 1)]);
  return add(mul(share, now), mul(sub(1, share), before));
}

function step(
  x: Tensor,
  state: Tensor,
  memory: Tensor,
  { weights, config, dropped: drop }: LayerCall,
): [Tensor, Tensor] {
  const rank = x.rank - 2;
  const { kernel, recurrent_kernel: recurrent, bias } = weights as Record<string, Tensor>;
  const fromInput = convolved(x, kernel as Tensor, stepsOf(config, rank));
  const before = drop(state, (config.recurrent_dropout ?? 0) as number);
  const fromState = convolved(before, recurrent as Tensor, stepsOf({ padding: 'same' }, rank));
  const all = add(bias ? add(fromInput, bias) : fromInput, fromState);
  const [i, f, c, o] = split(all, 4, all.rank - 1) as [Tensor, Tensor, Tensor, Tensor];
  const gate = (value: Tensor) => activated(value, config.recurrent_activation ?? 'sigmoid');
  const bend = (value: Tensor) => activated(value, config.activation ?? 'tanh');
  const next = add(mul(gate(f), memory), mul(gate(i), bend(c)));
  return [mul(gate(o), bend(next)), next];
}

const optional = {
  strides: counts,
  padding: word('valid', 'same'),
  data_format: word('channels_last', 'channels_first'),
  dilation_rate: counts,
  use_bias: flag,
  unit_forget_bias: flag,
  dropout: dropped,
  recurrent_dropout: dropped,
  seed: whole,
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  zero_output_for_mask: flag,
  stateful: flag,
  unroll: flag,
};

const row = (rank: number): KerasLayer => ({
  severalInputs: rank === 2,
  required: { filters: count, kernel_size: counts },
  optional,
  classes: [classOf(layer(`KerasConvLSTM${rank}D`))],
  refused: ({ data_format, stateful, zero_output_for_mask: zero }) => {
    if (rank === 2 && !zero) return undefined;
    if (data_format === 'channels_first')
      return 'must have data_format channels_last; got channels_first: put a Permute layer on both sides';
    return stateful ? 'must not be stateful; got true: give it whole sequences' : undefined;
  },
  toLayer: (config) => {
    const { zero_output_for_mask: zero, ...stock } = config;
    const isStock = rank === 2 && !zero;
    return isStock ? { class_name: 'ConvLSTM2D', config: stock } : { class_name: `KerasConvLSTM${rank}D`, config };
  },
  weights: (made, weightsOf) => {
    const { cell } = made as unknown as { cell?: typeof made };
    return below('cell', cell ? weightsOf(cell) : ownWeights(made));
  },
});

/** Recurrent layers over images. */
export const convLstmLayers: KerasLayers = { ConvLSTM1D: row(1), ConvLSTM2D: row(2), ConvLSTM3D: row(3) };
