import * as tf from '@tensorflow/tfjs-core';
import { dilatedFilter, dilatedShape, dilationPerAxis, undilatedGradient } from '../gradients/dilation.js';
import { type ConvAttributes, channelsLast } from '../kernels/convolution.js';
import { type PaddedAxis, padded, paddedAxes, paddedShape, unpadded } from './explicit-padding.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

/*
 * tfjs-node's kernels convolve [batch, channels, height, width] (NCHW) with the strides of the other layout, and reject
 * padding by a number. Tensors are brought into a form that they compute correctly.
 *
 * For dilated depthwise and 3-D convolutions the filter is dilated explicitly. TensorFlow's own CPU kernels do not
 * support them; those of oneDNN, which TensorFlow uses on some processors, support the depthwise ones. On a GPU
 * TensorFlow computes dilated depthwise convolutions itself.
 */

type Shape4D = [number, number, number, number];

/** A 2-D convolution. */
export function convolution(name: 'Conv2D' | 'DepthwiseConv2dNative') {
  return (call: KernelCall<'x' | 'filter', ConvAttributes>): tf.Tensor => {
    const { inputs, backend, attrs } = call;
    const { x, filter } = inputs;
    const dilations = unsupportedDilations(name, call);
    if (dilations) {
      return tf.tidy(() =>
        convolution(name)({
          inputs: { x, filter: dilatedFilter(filter, dilations) },
          backend,
          attrs: { ...attrs, dilations: 1 },
        }),
      );
    }
    if (isSupported(attrs)) return runTfjsKernel(name, backend, { x, filter }, attrs);
    return tf.tidy(() => {
      const input = toChannelsLast(x, attrs);
      const axes = axesOf(name, input.shape, filter.shape, attrs);
      const y = runTfjsKernel(name, backend, { x: padded(input, axes, 0), filter }, valid(attrs));
      return fromChannelsLast(y, attrs);
    });
  };
}

/** The gradient of a {@link convolution} with respect to its input. */
export function backpropInput(name: 'Conv2DBackpropInput' | 'DepthwiseConv2dNativeBackpropInput') {
  type Call = KernelCall<'dy' | 'filter', ConvAttributes & { inputShape: number[] }>;
  return (call: Call): tf.Tensor => {
    const { inputs, backend, attrs } = call;
    const { dy, filter } = inputs;
    const dilations = unsupportedDilations(name, call);
    if (dilations) {
      return tf.tidy(() =>
        backpropInput(name)({
          inputs: { dy, filter: dilatedFilter(filter, dilations) },
          backend,
          attrs: { ...attrs, dilations: 1 },
        }),
      );
    }
    if (isSupported(attrs)) return runTfjsKernel(name, backend, { dy, filter }, attrs);
    return tf.tidy(() => {
      const { inputShape } = channelsLast(attrs);
      const axes = axesOf(name, inputShape, filter.shape, attrs);
      const kernelInputs = { dy: toChannelsLast(dy, attrs), filter };
      const kernelAttrs = { ...valid(attrs), inputShape: paddedShape(inputShape, axes) };
      const dx = runTfjsKernel(name, backend, kernelInputs, kernelAttrs);
      return fromChannelsLast(unpadded(dx, axes), attrs);
    });
  };
}

/** The gradient of a {@link convolution} with respect to its filter. */
export function backpropFilter(name: 'Conv2DBackpropFilter' | 'DepthwiseConv2dNativeBackpropFilter') {
  type Call = KernelCall<'dy' | 'x', ConvAttributes & { filterShape: number[] }>;
  return (call: Call): tf.Tensor => {
    const { inputs, backend, attrs } = call;
    const { x, dy } = inputs;
    const dilations = unsupportedDilations(name, call);
    if (dilations) {
      return tf.tidy(() => {
        const filterShape = dilatedShape(attrs.filterShape, dilations);
        const gradient = backpropFilter(name)({ inputs, backend, attrs: { ...attrs, filterShape, dilations: 1 } });
        return undilatedGradient(gradient, dilations);
      });
    }
    if (isSupported(attrs)) return runTfjsKernel(name, backend, { x, dy }, attrs);
    return tf.tidy(() => {
      const input = toChannelsLast(x, attrs);
      const axes = axesOf(name, input.shape, attrs.filterShape, attrs);
      const kernelInputs = { x: padded(input, axes, 0), dy: toChannelsLast(dy, attrs) };
      return runTfjsKernel(name, backend, kernelInputs, valid(attrs));
    });
  };
}

interface FusedAttributes extends ConvAttributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** A convolution with bias and activation. */
export function fusedConvolution(name: 'Conv2D' | 'DepthwiseConv2dNative') {
  return (call: KernelCall<'x' | 'filter' | 'bias' | 'preluActivationWeights', FusedAttributes>): tf.Tensor => {
    const { inputs, backend, attrs } = call;
    // With the channels first, a vector of one number per channel must broadcast over height and width.
    const alongChannels = (x: tf.Tensor) =>
      attrs.dataFormat === 'NCHW' && x.rank === 1 && x.size > 1 ? tf.reshape(x, [x.size, 1, 1]) : x;
    return tf.tidy(() => {
      const { bias, preluActivationWeights: alpha } = inputs as Partial<typeof inputs>;
      let result = convolution(name)(call);
      if (bias) result = tf.add(result, alongChannels(bias));
      return backend.applyActivation(result, attrs.activation, alpha && alongChannels(alpha), attrs.leakyreluAlpha);
    });
  };
}

/** A 3-D convolution. */
export function conv3D({
  inputs: { x, filter },
  backend,
  attrs,
}: KernelCall<'x' | 'filter', { dilations?: number | readonly number[] }>): tf.Tensor {
  const dilations = dilationPerAxis(attrs.dilations, 3);
  if (dilations.every((dilation) => dilation === 1)) return runTfjsKernel('Conv3D', backend, { x, filter }, attrs);
  return tf.tidy(() => {
    const inputs = { x, filter: dilatedFilter(filter, dilations) };
    return runTfjsKernel('Conv3D', backend, inputs, { ...attrs, dilations: 1 });
  });
}

/** The dilations of a depthwise convolution on the CPU; undefined where there are none, or TensorFlow supports them. */
function unsupportedDilations(
  name: string,
  { backend, attrs }: Pick<KernelCall<never, ConvAttributes>, 'backend' | 'attrs'>,
): number[] | undefined {
  if (!name.startsWith('Depthwise') || backend.isUsingGpuDevice) return undefined;
  const dilations = dilationPerAxis(attrs.dilations, 2);
  return dilations.some((dilation) => dilation > 1) ? dilations : undefined;
}

/** Whether tfjs-node's kernel computes it correctly. */
function isSupported({ dataFormat, pad }: ConvAttributes): boolean {
  return dataFormat !== 'NCHW' && typeof pad === 'string';
}

/** The axes to pad, of tensors with the channels last. */
function axesOf(
  name: string,
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttributes,
): PaddedAxis[] {
  const { strides, pad, dilations = 1, dimRoundingMode } = channelsLast(attrs);
  const info = tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    strides,
    // The gradient of a dilated convolution is computed with a dilated filter.
    name.includes('Backprop') ? 1 : dilations,
    pad,
    dimRoundingMode,
    name.startsWith('Depthwise'),
  );
  return paddedAxes(info);
}

/** The attributes for tensors that are padded and have the channels last. */
function valid<A extends ConvAttributes>(attrs: A): A {
  return { ...channelsLast(attrs), pad: 'valid' };
}

function toChannelsLast(x: tf.Tensor, { dataFormat }: ConvAttributes): tf.Tensor {
  return dataFormat === 'NCHW' ? tf.transpose(x, [0, 2, 3, 1]) : x;
}

function fromChannelsLast(x: tf.Tensor, { dataFormat }: ConvAttributes): tf.Tensor {
  return dataFormat === 'NCHW' ? tf.transpose(x, [0, 3, 1, 2]) : x;
}
