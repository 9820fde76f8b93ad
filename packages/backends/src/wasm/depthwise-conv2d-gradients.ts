import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { depthwiseConv2D } from './convolutions.js';
import { floats, free, type KernelCall, reshaped, sizeOf } from './heap.js';
import { slice } from './slice.js';
import { sum } from './sum.js';
import { type ConvAttributes, convWindows2D, type Windows } from './windows.js';

type Shape4D = [number, number, number, number];

/**
 * A depthwise convolution's gradient with respect to its filter; missing in the stock backend.
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
  const slopes = floats(backend, dy);
  const totals = new Float64Array(attrs.filterShape[0] * attrs.filterShape[1] * windows.outChannels);
  const { outChannels } = windows;
  const multiplier = attrs.filterShape[3];
  eachTap(windows, (xAt, xStep, dyAt, filterAt, count) => {
    for (let k = 0; k < outChannels; k++) {
      const c = multiplier === 1 ? k : Math.floor(k / multiplier);
      let total = 0;
      for (let n = 0, p = xAt + c, q = dyAt + k; n < count; n++, p += xStep, q += outChannels) {
        total += (values[p] as number) * (slopes[q] as number);
      }
      (totals[filterAt + k] as number) += total;
    }
  });
  floats(backend, result).set(totals);
  return result;
}

/**
 * A depthwise convolution's gradient with respect to its input; missing in the stock backend. It is the depthwise
 * convolution of the output's gradient, with zeros between its positions where the stride is above 1, by the filter turned
 * by 180°; each channel's share from its several outputs is then added up.
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
  const around = ([1, 2] as const).map((axis) => {
    const reach = (windows.filter[axis] - 1) * dilation[axis];
    const length = (output[axis] - 1) * stride[axis] + 1;
    const first = reach - before[axis];
    return { length, first, last: input[axis] + reach - first - length };
  });
  const [rows, columns] = around as [Around, Around];
  const apart = spreadOut(dy, windows, backend);
  // Positions that see nothing but padding are cut away; elsewhere zeros are added.
  const begin = [0, Math.max(0, -rows.first), Math.max(0, -columns.first), 0];
  const end = [batch, rows.length + Math.min(0, rows.last), columns.length + Math.min(0, columns.last), outChannels];
  const size = end.map((at, axis) => at - (begin[axis] as number));
  const seen =
    sizeOf(size) < sizeOf(apart.shape)
      ? slice({ inputs: { x: apart }, backend, attrs: { begin, size } })
      : reshaped(backend, apart, apart.shape);
  const pad: backend_util.ExplicitPadding = [
    [0, 0],
    [Math.max(0, rows.first), Math.max(0, rows.last)],
    [Math.max(0, columns.first), Math.max(0, columns.last)],
    [0, 0],
  ];
  const turned = turnedFilter(filter, outChannels, backend);
  const shares = depthwiseConv2D({
    inputs: { x: seen, filter: turned },
    backend,
    attrs: { strides: 1, pad, dilations: [dilation[1], dilation[2]], dataFormat: 'NHWC' },
  });
  free(backend, apart, seen, turned);
  if (outChannels === channels) return shares;
  const separate = reshaped(backend, shares, [...attrs.inputShape, outChannels / channels]);
  const result = sum({ inputs: { x: separate }, backend, attrs: { axis: 4, keepDims: false } });
  free(backend, shares, separate);
  return result;
}

/** Along one axis: the length of the spread out slopes, and how many zeros are needed before and after; below 0, cut. */
interface Around {
  readonly length: number;
  readonly first: number;
  readonly last: number;
}

/** The slopes at the distances of the windows in the input: with stride − 1 zeros between them. */
function spreadOut(dy: TensorInfo, { batch, outChannels, output, stride }: Windows, backend: BackendWasm): TensorInfo {
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

/** The filter turned by 180°, each of its outputs as a channel of its own. */
function turnedFilter(filter: TensorInfo, outChannels: number, backend: BackendWasm): TensorInfo {
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
 * Visits every position of the filter in every row of windows, where it meets the input.
 *
 * @param visit gets, for the first window of the row in which it does, the offset of the first channel in the input, with
 *     the step to the next window, in the output and in the filter; and how many such windows follow one another
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
