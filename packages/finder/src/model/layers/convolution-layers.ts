import { add, type Tensor } from '@tensorflow/tfjs-core';
import { activated, type ComposedLayer, classOf, type LayerCall, type Shape } from './composed-layer.js';
import {
  convolved,
  convolvedLength,
  depthwise,
  perAxis,
  type Steps,
  transposed,
  transposedLength,
} from './convolution.js';
import type { Config, KerasLayer, KerasLayers } from './keras-layer.js';
import { count, counts, flag, margins, word } from './parameter-kinds.js';

function stepsOf({ strides, dilation_rate, padding }: Config, rank: number): Steps {
  return {
    strides: perAxis(strides, rank),
    dilations: perAxis(dilation_rate, rank),
    padding: (padding ?? 'valid') as string,
  };
}

/** The output of a kernel with the bias and the activation of its layer. */
function finished(output: Tensor, { weights: { bias }, config }: Pick<LayerCall, 'weights' | 'config'>): Tensor {
  return activated(bias ? add(output, bias) : output, config.activation);
}

const biasOf = ({ use_bias }: Config, length: number) =>
  use_bias === false ? [] : [{ name: 'bias', shape: [length], initial: 'Zeros' }];

const channelsOf = ([shape = []]: readonly Shape[]) => shape.at(-1) as number;

/** The shape of the output, by the length of each axis of space. */
function spaceShape(
  config: Config,
  [shape = []]: readonly Shape[],
  filters: number,
  lengthOf: (length: number | null, size: number, steps: Steps, axis: number) => number | null,
): Shape {
  const rank = shape.length - 2;
  const steps = stepsOf(config, rank);
  const sizes = perAxis(config.kernel_size, rank);
  const lengths = sizes.map((size, i) => lengthOf(shape[i + 1] as number | null, size, steps, i));
  return [shape[0] as number | null, ...lengths, filters];
}

const rankOf = (shapes: readonly Shape[]) => (shapes[0] as Shape).length - 2;

/** What all convolutions have: their axes of space stand before the channels, and masks end with them. */
const convolution = (
  className: string,
  own: Pick<ComposedLayer, 'weights' | 'outputShape' | 'call'>,
): ComposedLayer => ({
  className,
  channels: true,
  mask: 'drop',
  ...own,
});

/** A convolution's call: the output of its kernel on the input of that rank, finished. */
const calling =
  (run: (x: Tensor, weights: Record<string, Tensor>, steps: Steps, config: Config) => Tensor): ComposedLayer['call'] =>
  (call) => {
    const x = call.inputs[0] as Tensor;
    const made = run(x, call.weights as Record<string, Tensor>, stepsOf(call.config, x.rank - 2), call.config);
    return finished(made, call);
  };

const filtersOf = ({ filters }: Config) => filters as number;

const plain = (className: string) =>
  convolution(className, {
    weights: (config, shapes) => {
      const channels = channelsOf(shapes) / ((config.groups as number | undefined) ?? 1);
      const shape = [...perAxis(config.kernel_size, rankOf(shapes)), channels, filtersOf(config)];
      return [{ name: 'kernel', shape }, ...biasOf(config, filtersOf(config))];
    },
    outputShape: (config, shapes) => spaceShape(config, shapes, filtersOf(config), convolvedLength),
    call: calling((x, { kernel }, steps) => convolved(x, kernel as Tensor, steps)),
  });

const multiplierOf = ({ depth_multiplier }: Config) => (depth_multiplier ?? 1) as number;

const depthwiseLayer = (className: string) =>
  convolution(className, {
    weights: (config, shapes) => {
      const channels = channelsOf(shapes);
      const shape = [...perAxis(config.kernel_size, rankOf(shapes)), channels, multiplierOf(config)];
      return [{ name: 'kernel', key: 'depthwise', shape }, ...biasOf(config, channels * multiplierOf(config))];
    },
    outputShape: (config, shapes) =>
      spaceShape(config, shapes, channelsOf(shapes) * multiplierOf(config), convolvedLength),
    call: calling((x, { kernel }, steps) => depthwise(x, kernel as Tensor, steps)),
  });

const separable = (className: string) =>
  convolution(className, {
    weights: (config, shapes) => {
      const channels = channelsOf(shapes);
      const sizes = perAxis(config.kernel_size, rankOf(shapes));
      const ones = sizes.map(() => 1);
      const each = [...sizes, channels, multiplierOf(config)];
      const point = [...ones, channels * multiplierOf(config), filtersOf(config)];
      return [
        { name: 'depthwise_kernel', key: 'depthwise', shape: each },
        { name: 'pointwise_kernel', key: 'pointwise', shape: point },
        ...biasOf(config, filtersOf(config)),
      ];
    },
    outputShape: (config, shapes) => spaceShape(config, shapes, filtersOf(config), convolvedLength),
    call: calling((x, { depthwise_kernel: each, pointwise_kernel: point }, steps) =>
      convolved(depthwise(x, each as Tensor, steps), point as Tensor, stepsOf({}, x.rank - 2)),
    ),
  });

const outputPaddingOf = ({ output_padding }: Config, rank: number): (number | null)[] =>
  output_padding == null ? Array<null>(rank).fill(null) : perAxis(output_padding, rank);

const transposeLayer = (className: string) =>
  convolution(className, {
    weights: (config, shapes) => {
      const shape = [...perAxis(config.kernel_size, rankOf(shapes)), filtersOf(config), channelsOf(shapes)];
      return [{ name: 'kernel', shape }, ...biasOf(config, filtersOf(config))];
    },
    outputShape: (config, shapes) => {
      const paddings = outputPaddingOf(config, rankOf(shapes));
      return spaceShape(config, shapes, filtersOf(config), (length, size, steps, axis) =>
        transposedLength(length, size, steps, axis, paddings[axis] ?? null),
      );
    },
    call: calling((x, { kernel }, steps, config) =>
      transposed(x, kernel as Tensor, steps, outputPaddingOf(config, x.rank - 2)),
    ),
  });

const data_format = word('channels_last', 'channels_first');
const padding = word('valid', 'same');
const common = { strides: counts, padding, data_format, dilation_rate: counts, use_bias: flag };
const isOne = (option: unknown) => [option ?? 1].flat().every((each) => each === 1);
const isLast = ({ data_format: format }: Config) => format !== 'channels_first';

/** Keras refuses both, and so does TensorFlow. */
const both: KerasLayer['refused'] = ({ strides, dilation_rate }) =>
  isOne(strides) || isOne(dilation_rate) ? undefined : 'must have strides or dilation_rate of 1; got both above';

function row(
  name: string,
  composed: ComposedLayer,
  required: KerasLayer['required'],
  optional: KerasLayer['optional'],
  isStock: (config: Config) => boolean,
): KerasLayer {
  return {
    required,
    optional: { ...common, ...optional },
    classes: [classOf(composed)],
    refused: both,
    toLayer: (config) => {
      if (!isStock(config)) return { class_name: composed.className, config };
      const { groups, output_padding, ...stock } = config;
      return { class_name: name, config: stock };
    },
  };
}

const whole = { filters: count, kernel_size: counts };
/** Keras 2 writes initialisers and the like of a kernel that these have not. */
const withoutKernel = (made: KerasLayer): KerasLayer => ({
  ...made,
  toLayer: (given, keras, shape) => {
    const { kernel_initializer, kernel_regularizer, kernel_constraint, ...config } = given;
    return (made.toLayer as NonNullable<KerasLayer['toLayer']>)(config, keras, shape);
  },
});

/** Convolutions. TensorFlow.js's layers stay where they have the same numbers and gradients. */
export const convolutionLayers: KerasLayers = {
  Conv1D: row(
    'Conv1D',
    plain('KerasConv1D'),
    whole,
    { groups: count, padding: word('valid', 'same', 'causal') },
    (config) => isOne(config.groups) && config.padding !== 'causal' && isLast(config),
  ),
  Conv2D: row(
    'Conv2D',
    plain('KerasConv2D'),
    whole,
    { groups: count },
    ({ groups, dilation_rate }) => isOne(groups) && isOne(dilation_rate),
  ),
  Conv3D: row(
    'Conv3D',
    plain('KerasConv3D'),
    whole,
    { groups: count },
    (config) => isOne(config.groups) && isLast(config),
  ),
  SeparableConv1D: withoutKernel(
    row(
      'SeparableConv1D',
      separable('KerasSeparableConv1D'),
      whole,
      { groups: count, depth_multiplier: count, padding: word('valid', 'same', 'causal') },
      () => false,
    ),
  ),
  SeparableConv2D: withoutKernel(
    row(
      'SeparableConv2D',
      separable('KerasSeparableConv2D'),
      whole,
      { groups: count, depth_multiplier: count },
      isLast,
    ),
  ),
  DepthwiseConv1D: withoutKernel(
    row(
      'DepthwiseConv1D',
      depthwiseLayer('KerasDepthwiseConv1D'),
      { kernel_size: counts },
      { groups: count, depth_multiplier: count, padding: word('valid', 'same', 'causal') },
      () => false,
    ),
  ),
  DepthwiseConv2D: withoutKernel(
    row(
      'DepthwiseConv2D',
      depthwiseLayer('KerasDepthwiseConv2D'),
      { kernel_size: counts },
      { groups: count, depth_multiplier: count },
      ({ dilation_rate }) => isOne(dilation_rate),
    ),
  ),
  ...Object.fromEntries(
    [1, 2, 3].map((rank) => {
      const name = `Conv${rank}DTranspose`;
      const isStock = (config: Config) =>
        rank > 1 && isOne(config.dilation_rate) && config.output_padding == null && (rank === 2 || isLast(config));
      return [
        name,
        row(name, transposeLayer(`Keras${name}`), whole, { groups: count, output_padding: margins }, isStock),
      ];
    }),
  ),
};
