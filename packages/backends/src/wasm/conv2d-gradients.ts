import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvAttributes, channelsLast } from '../kernels/convolution.js';
import { toDataFormat, withChannelsLast } from './channels-first.js';
import { conv2D } from './conv2d.js';
import { padded } from './direct-convolution.js';
import { floats, free, type KernelCall, sizeOf } from './heap.js';
import { patchesFilterGradient, patchesInputGradient } from './patches.js';
import { conv2DFilterGradient, filterGradientParts } from './simd/conv2d-filter-gradient.js';
import { runTfjsKernel } from './tfjs-kernel.js';
import { convWindows2D, type Windows } from './windows.js';
import { winogradConvolution, winogradFilterGradient } from './winograd.js';

type Shape4D = [number, number, number, number];

/**
 * The gradient of a convolution with respect to its filter. Missing in TensorFlow.js's backend.
 *
 * For filters of 3 × 3 by Winograd's convolution: 10.5 ms on one thread and 5.5 on two for [128, 13, 13, 32] to 64 channels. For
 * others it sums over all positions in registers: 19 ms, and 1.9 ms for [128, 28, 28, 1] to 32.
 *
 * @param x [batch, height, width, channels]
 * @param dy [batch, out height, out width, out channels]
 * @returns [filter height, filter width, channels, out channels]
 */
export function conv2DBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<'x' | 'dy', ConvAttributes & { filterShape: Shape4D }>): TensorInfo {
  if (attrs.dataFormat === 'NCHW') {
    return withChannelsLast(x, attrs, backend, (xLast) =>
      withChannelsLast(dy, attrs, backend, (dyLast) =>
        conv2DBackpropFilter({ inputs: { x: xLast, dy: dyLast }, backend, attrs: channelsLast(attrs) }),
      ),
    );
  }
  const windows = convWindows2D(x.shape, attrs.filterShape, attrs);
  const winograd = winogradFilterGradient(x, dy, windows, backend);
  if (winograd) return winograd;
  const add = sizeOf(windows.output) < MIN_POSITIONS_FOR_SIMD ? undefined : conv2DFilterGradient(backend);
  if (!add) return { ...patchesFilterGradient(x, dy, windows, backend), shape: [...attrs.filterShape] };
  const paddedX = padded(x, windows, backend);
  const parts = filterGradientParts(windows);
  const sums = backend.makeOutput([parts, ...attrs.filterShape], 'float32');
  floats(backend, sums).fill(0);
  const [, height, width] = paddedX.shape as Shape4D;
  add({ ...windows, input: [1, height, width] }, { x: paddedX, dy, result: sums });
  free(backend, paddedX);
  const result = backend.makeOutput([...attrs.filterShape], 'float32');
  const total = floats(backend, result);
  const values = floats(backend, sums);
  total.set(values.subarray(0, total.length));
  for (let at = total.length; at < values.length; at += total.length)
    for (let i = 0; i < total.length; i++) (total[i] as number) += values[at + i] as number;
  free(backend, sums);
  return result;
}

/** With fewer positions per image there is little to sum in registers, and a matrix product is faster. */
const MIN_POSITIONS_FOR_SIMD = 4;

/**
 * The gradient of a convolution with respect to its input. TensorFlow.js's kernel is correct but does not use SIMD: it
 * is seven times slower than the forward one. For strides of 1 this convolves the gradient of the output with the
 * filter rotated by 180° and its channels exchanged: 14.5 ms on one thread and 7.7 on two for [128, 13, 13, 32] to 64
 * channels, 31 and 16 with XNNPACK. For larger strides, which would convolve zeros, it is a matrix
 * product.
 *
 * @param dy [batch, out height, out width, out channels]
 * @param filter [filter height, filter width, channels, out channels]
 * @returns [batch, height, width, channels]
 */
export function conv2DBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<'dy' | 'filter', ConvAttributes & { inputShape: Shape4D }>): TensorInfo {
  if (attrs.dataFormat === 'NCHW') {
    const result = withChannelsLast(dy, attrs, backend, (dyLast) =>
      conv2DBackpropInput({ inputs: { dy: dyLast, filter }, backend, attrs: channelsLast(attrs) }),
    );
    return toDataFormat(result, attrs, backend);
  }
  const windows = convWindows2D(attrs.inputShape, filter.shape, attrs);
  const [, height, width] = windows.input;
  const [, outHeight, outWidth] = windows.output;
  const [batch, dyHeight, dyWidth, channels] = dy.shape as Shape4D;
  if (dyHeight !== outHeight || dyWidth !== outWidth) {
    // The input of a transposed convolution may be larger than the forward pass would make it; the excess is ignored.
    const size = [batch, outHeight, outWidth, channels];
    const cropped = runTfjsKernel('Slice', backend, { x: dy }, { begin: [0, 0, 0, 0], size });
    const result = conv2DBackpropInput({ inputs: { dy: cropped, filter }, backend, attrs });
    free(backend, cropped);
    return result;
  }
  const [, filterHeight, filterWidth] = windows.filter;
  const top = filterHeight - 1 - windows.before[1];
  const left = filterWidth - 1 - windows.before[2];
  const bottom = height + filterHeight - 1 - top - dyHeight;
  const right = width + filterWidth - 1 - left - dyWidth;
  if (windows.stride.some((n) => n !== 1) || Math.min(top, left, bottom, right) < 0) {
    return patchesInputGradient(dy, filter, attrs.inputShape, windows, backend);
  }
  const winograd = winogradConvolution(dy, filter, transposedWindows(windows, top, left), backend, { rotated: true });
  if (winograd) return winograd;
  const rotated = rotatedFilter(filter, backend);
  const padding: backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const plain = { strides: 1, pad: padding, dilations: 1, dataFormat: 'NHWC' as const };
  const result = conv2D({ inputs: { x: dy, filter: rotated }, backend, attrs: plain });
  free(backend, rotated);
  return result;
}

/** The windows of the convolution of the output's gradient that gives the input's, with strides of 1. */
function transposedWindows(windows: Windows, top: number, left: number): Windows {
  const { channels, outChannels, input, output } = windows;
  return {
    ...windows,
    channels: outChannels,
    outChannels: channels,
    input: output,
    output: input,
    before: [0, top, left],
  };
}

/**
 * The filter rotated by 180°, with input and output channels exchanged. TensorFlow.js's kernel Reverse takes 30 ns per
 * number.
 */
function rotatedFilter(filter: TensorInfo, backend: BackendWasm): TensorInfo {
  const [height, width, channels, outChannels] = filter.shape as Shape4D;
  const result = backend.makeOutput([height, width, outChannels, channels], 'float32');
  const from = floats(backend, filter);
  const to = floats(backend, result);
  const tap = channels * outChannels;
  for (let at = 0, start = from.length - tap; start >= 0; start -= tap) {
    for (let o = 0; o < outChannels; o++) {
      for (let c = 0; c < channels; c++, at++) to[at] = from[start + c * outChannels + o] as number;
    }
  }
  return result;
}
