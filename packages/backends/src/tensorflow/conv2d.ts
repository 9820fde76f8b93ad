import * as tf from '@tensorflow/tfjs-core';
import { dilatedFilter, dilationOf } from '../gradients/dilation.js';
import { channelsLast } from '../wasm/channels-first.js';
import { type PaddedAxis, padded, paddedAxes, paddedShape, unpadded } from './explicit-padding.js';
import { type KernelCall, stock } from './stock.js';

/*
 * tfjs-node's kernels compute [batch, channels, height, width] (NCHW) with the strides of the other layout, and take no
 * padding that is a number; both are brought into the form that they compute rightly.
 */

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

/** A convolution, depthwise or not. */
export function convolution(name: 'Conv2D' | 'DepthwiseConv2dNative') {
  return (call: KernelCall<'x' | 'filter', Attributes>): tf.Tensor => {
    if (isDilatedDepthwise(name, call)) return undilated(name, call);
    const { inputs, backend, attrs } = call;
    const { x, filter } = inputs;
    if (isStock(attrs)) return stock(name, backend, { x, filter }, attrs);
    return tf.tidy(() => {
      const input = toChannelsLast(x, attrs);
      const axes = axesOf(name, input.shape, filter.shape, attrs);
      const y = stock(name, backend, { x: padded(input, axes, 0), filter }, valid(attrs));
      return fromChannelsLast(y, attrs);
    });
  };
}

/**
 * Whether it is one that TensorFlow computes on some CPUs only, with oneDNN: elsewhere it says that its kernel does not
 * support dilations.
 */
function isDilatedDepthwise(name: string, { backend, attrs }: KernelCall<'x' | 'filter', Attributes>): boolean {
  return name.startsWith('Depthwise') && !backend.isUsingGpuDevice && dilationOf(attrs.dilations, 2).some((n) => n > 1);
}

/** A dilated convolution as a plain one, whose filter has zeros between its values. */
function undilated(name: 'Conv2D' | 'DepthwiseConv2dNative', call: KernelCall<'x' | 'filter', Attributes>): tf.Tensor {
  const { inputs, backend, attrs } = call;
  return tf.tidy(() => {
    const filter = dilatedFilter(inputs.filter, dilationOf(attrs.dilations, 2));
    return convolution(name)({ inputs: { ...inputs, filter }, backend, attrs: { ...attrs, dilations: 1 } });
  });
}

/** The slope of a {@link convolution} with respect to its input. */
export function backpropInput(name: 'Conv2DBackpropInput' | 'DepthwiseConv2dNativeBackpropInput') {
  type Call = KernelCall<'dy' | 'filter', Attributes & { inputShape: number[] }>;
  return ({ inputs: { dy, filter }, backend, attrs }: Call): tf.Tensor => {
    if (isStock(attrs)) return stock(name, backend, { dy, filter }, attrs);
    return tf.tidy(() => {
      const { inputShape } = channelsLast(attrs);
      const axes = axesOf(name, inputShape, filter.shape, attrs);
      const inputs = { dy: toChannelsLast(dy, attrs), filter };
      const dx = stock(name, backend, inputs, { ...valid(attrs), inputShape: paddedShape(inputShape, axes) });
      return fromChannelsLast(unpadded(dx, axes), attrs);
    });
  };
}

/** The slope of a {@link convolution} with respect to its filter. */
export function backpropFilter(name: 'Conv2DBackpropFilter' | 'DepthwiseConv2dNativeBackpropFilter') {
  type Call = KernelCall<'dy' | 'x', Attributes & { filterShape: number[] }>;
  return ({ inputs: { x, dy }, backend, attrs }: Call): tf.Tensor => {
    if (isStock(attrs)) return stock(name, backend, { x, dy }, attrs);
    return tf.tidy(() => {
      const input = toChannelsLast(x, attrs);
      const axes = axesOf(name, input.shape, attrs.filterShape, attrs);
      return stock(name, backend, { x: padded(input, axes, 0), dy: toChannelsLast(dy, attrs) }, valid(attrs));
    });
  };
}

interface FusedAttributes extends Attributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** A convolution with bias and activation. */
export function fusedConv2D(
  call: KernelCall<'x' | 'filter' | 'bias' | 'preluActivationWeights', FusedAttributes>,
): tf.Tensor {
  const { inputs, backend, attrs } = call;
  // One number a channel stands before the axes of height and width.
  const aligned = (x: tf.Tensor) =>
    attrs.dataFormat === 'NCHW' && x.rank === 1 && x.size > 1 ? tf.reshape(x, [x.size, 1, 1]) : x;
  return tf.tidy(() => {
    const { bias, preluActivationWeights: alpha } = inputs as Partial<typeof inputs>;
    let result = convolution('Conv2D')(call);
    if (bias) result = tf.add(result, aligned(bias));
    return backend.applyActivation(result, attrs.activation, alpha && aligned(alpha), attrs.leakyreluAlpha);
  });
}

function isStock({ dataFormat, pad }: Attributes): boolean {
  return dataFormat !== 'NCHW' && typeof pad === 'string';
}

/** The axes to pad, of tensors with the channels last. */
function axesOf(
  name: string,
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: Attributes,
): PaddedAxis[] {
  const { strides, pad, dilations = 1, dimRoundingMode } = channelsLast(attrs);
  const info = tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    strides,
    // TensorFlow.js has no gradient of a dilated one.
    name.includes('Backprop') ? 1 : dilations,
    pad,
    dimRoundingMode,
    name.startsWith('Depthwise'),
  );
  return paddedAxes(info);
}

/** The attributes for tensors with the channels last that have been padded. */
function valid<A extends Attributes>(attrs: A): A {
  return { ...channelsLast(attrs), pad: 'valid' };
}

function toChannelsLast(x: tf.Tensor, { dataFormat }: Attributes): tf.Tensor {
  return dataFormat === 'NCHW' ? tf.transpose(x, [0, 2, 3, 1]) : x;
}

function fromChannelsLast(x: tf.Tensor, { dataFormat }: Attributes): tf.Tensor {
  return dataFormat === 'NCHW' ? tf.transpose(x, [0, 3, 1, 2]) : x;
}
