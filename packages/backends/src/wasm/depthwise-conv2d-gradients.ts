import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAttributes } from '../kernels/convolution.js';
import { depthwiseConv2D } from './conv2d.js';
import { floats, free, type KernelCall, reshaped, sizeOf } from './heap.js';
import { slice } from './slice.js';
import { sum } from './sum.js';
import { convWindows2D, type Windows } from './windows.js';

type Shape4D = [number, number, number, number];

/**
 * The gradient of a depthwise convolution with respect to its filter. Missing in TensorFlow.js's backend.
 *
 * @param x [batch, height, width, channels]
 * @param dy [batch, out height, out width, channels · multiplier]
 * @returns [filter height, filter width, channels, multiplier]
 */
export function depthwiseBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<'x' | 'dy', ConvAttributes & { filterShape: Shape4D }>): TensorInfo {
  const windows = convWindows2D(x.shape, attrs.filterShape, attrs, true);
  const result = backend.makeOutput([...attrs.filterShape], 'float32');
  const values = floats(backend, x);
  const dyValues = floats(backend, dy);
  const totals = new Float64Array(attrs.filterShape[0] * attrs.filterShape[1] * windows.outChannels);
  const { outChannels } = windows;
  const multiplier = attrs.filterShape[3];
  eachTap(windows, (xAt, xStep, dyAt, filterAt, count) => {
    for (let k = 0; k < outChannels; k++) {
      const c = multiplier === 1 ? k : Math.floor(k / multiplier);
      let total = 0;
      for (let n = 0, p = xAt + c, q = dyAt + k; n < count; n++, p += xStep, q += outChannels) {
        total += (values[p] as number) * (dyValues[q] as number);
      }
      (totals[filterAt + k] as number) += total;
    }
  });
  floats(backend, result).set(totals);
  return result;
}

/**
 * The gradient of a depthwise convolution with respect to its input. Missing in TensorFlow.js's backend. It is the
 * depthwise convolution of the gradient of the output, with zeros between its positions where the stride is above 1,
 * with the filter rotated by 180°, summed over the outputs of each channel.
 *
 * @param dy [batch, out height, out width, channels · multiplier]
 * @param filter [filter height, filter width, channels, multiplier]
 * @returns [batch, height, width, channels]
 */
export function depthwiseBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<'dy' | 'filter', ConvAttributes & { inputShape: Shape4D }>): TensorInfo {
  const windows = convWindows2D(attrs.inputShape, filter.shape, attrs, true);
  const { batch, channels, outChannels, input, output, stride, dilation, before } = windows;
  const padding = ([1, 2] as const).map((axis) => {
    const extent = (windows.filter[axis] - 1) * dilation[axis];
    const length = (output[axis] - 1) * stride[axis] + 1;
    const first = extent - before[axis];
    return { length, first, last: input[axis] + extent - first - length };
  });
  const [rows, columns] = padding as [AxisPadding, AxisPadding];
  const stridedDy = strided(dy, windows, backend);
  // Positions whose windows contain nothing but padding are cropped; elsewhere zeros are added.
  const begin = [0, Math.max(0, -rows.first), Math.max(0, -columns.first), 0];
  const end = [batch, rows.length + Math.min(0, rows.last), columns.length + Math.min(0, columns.last), outChannels];
  const size = end.map((at, axis) => at - (begin[axis] as number));
  const cropped =
    sizeOf(size) < sizeOf(stridedDy.shape)
      ? slice({ inputs: { x: stridedDy }, backend, attrs: { begin, size } })
      : reshaped(backend, stridedDy, stridedDy.shape);
  const pad: backend_util.ExplicitPadding = [
    [0, 0],
    [Math.max(0, rows.first), Math.max(0, rows.last)],
    [Math.max(0, columns.first), Math.max(0, columns.last)],
    [0, 0],
  ];
  const rotated = rotatedFilter(filter, outChannels, backend);
  const perOutput = depthwiseConv2D({
    inputs: { x: cropped, filter: rotated },
    backend,
    attrs: { strides: 1, pad, dilations: [dilation[1], dilation[2]], dataFormat: 'NHWC' },
  });
  free(backend, stridedDy, cropped, rotated);
  if (outChannels === channels) return perOutput;
  const separate = reshaped(backend, perOutput, [...attrs.inputShape, outChannels / channels]);
  const result = sum({ inputs: { x: separate }, backend, attrs: { axis: 4, keepDims: false } });
  free(backend, perOutput, separate);
  return result;
}

/** One axis: the length of the strided gradient, and the zeros to add before and after it. A negative number crops. */
interface AxisPadding {
  readonly length: number;
  readonly first: number;
  readonly last: number;
}

/** The gradient of the output with stride − 1 zeros between its positions. */
function strided(dy: TensorInfo, { batch, outChannels, output, stride }: Windows, backend: BackendWasm): TensorInfo {
  const [, height, width] = output;
  const [, strideHeight, strideWidth] = stride;
  if (strideHeight === 1 && strideWidth === 1) return reshaped(backend, dy, dy.shape);
  const [tall, wide] = [(height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1];
  const result = backend.makeOutput([batch, tall, wide, outChannels], 'float32');
  const from = floats(backend, dy);
  const to = floats(backend, result).fill(0);
  for (let image = 0, at = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += outChannels) {
        const start = ((image * tall + y * strideHeight) * wide + x * strideWidth) * outChannels;
        for (let c = 0; c < outChannels; c++) to[start + c] = from[at + c] as number;
      }
    }
  }
  return result;
}

/** The filter rotated by 180°, with each of its outputs as a separate channel. */
function rotatedFilter(filter: TensorInfo, outChannels: number, backend: BackendWasm): TensorInfo {
  const [height, width] = filter.shape as Shape4D;
  const result = backend.makeOutput([height, width, outChannels, 1], 'float32');
  const from = floats(backend, filter);
  const to = floats(backend, result);
  for (let at = 0; at < from.length; at += outChannels) {
    to.set(from.subarray(from.length - at - outChannels, from.length - at), at);
  }
  return result;
}

/**
 * Visits every position of the filter in every row of windows, for the windows where that position lies in the input.
 *
 * @param visit gets offsets of the first channel: in the input, for the first of these windows, with the step to the
 *   next one; in the output; in the filter. The last argument is the number of windows
 */
function eachTap(
  windows: Windows,
  visit: (xAt: number, xStep: number, dyAt: number, filterAt: number, count: number) => void,
): void {
  const { batch, channels, outChannels, input, output, filter, stride, dilation, before } = windows;
  const [, height, width] = input;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < output[1]; y++) {
      for (let i = 0; i < filter[1]; i++) {
        const row = y * stride[1] + i * dilation[1] - before[1];
        if (row < 0 || row >= height) continue;
        for (let j = 0; j < filter[2]; j++) {
          const left = j * dilation[2] - before[2];
          const first = Math.max(0, Math.ceil(-left / stride[2]));
          const last = Math.min(output[2] - 1, Math.floor((width - 1 - left) / stride[2]));
          visit(
            ((image * height + row) * width + first * stride[2] + left) * channels,
            stride[2] * channels,
            ((image * output[1] + y) * output[2] + first) * outChannels,
            (i * filter[2] + j) * outChannels,
            last - first + 1,
          );
        }
      }
    }
  }
}
