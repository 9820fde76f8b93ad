import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { asLaidOut, channelsLast, withChannelsLast } from './channels-first.js';
import { conv2D } from './convolutions.js';
import { floats, free, type KernelCall, reshaped, sizeOf } from './heap.js';
import { patchesFilterGradient, patchesInputGradient } from './patches.js';
import { conv2DFilterGradient } from './simd/conv2d-filter-gradient.js';
import { stock } from './stock.js';
import { type ConvAttributes, convWindows2D, type Windows } from './windows.js';

type Shape4D = [number, number, number, number];
type Pair = readonly [height: number, width: number];

/**
 * A convolution's gradient with respect to its filter; missing in the stock backend. It sums over all positions, in
 * registers: as a convolution with the batch in the place of the channels, or a product of matrices, both of which the
 * stock backend does well and on several threads, it would read and write everything in another order first. On two
 * threads that took 21 ms rather than 16 for [128, 13, 13, 32] to 64 channels, and 12 rather than 1.5 for
 * [128, 28, 28, 1] to 32; on one, 41 rather than 16.
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
    return withChannelsLast(x, attrs, backend, (movedX) =>
      withChannelsLast(dy, attrs, backend, (movedDy) =>
        conv2DBackpropFilter({ inputs: { x: movedX, dy: movedDy }, backend, attrs: channelsLast(attrs) }),
      ),
    );
  }
  const windows = convWindows2D(x.shape, attrs.filterShape, attrs);
  const add = sizeOf(windows.output) < FEW_POSITIONS ? undefined : conv2DFilterGradient(backend);
  if (!add) return { ...patchesFilterGradient(x, dy, windows, backend), shape: [...attrs.filterShape] };
  const inside = padded(x, windows, backend);
  const result = backend.makeOutput([...attrs.filterShape], 'float32');
  floats(backend, result).fill(0);
  const [, height, width] = inside.shape as Shape4D;
  add({ ...windows, input: [1, height, width] }, { x: inside, dy, result });
  free(backend, inside);
  return result;
}

/** With fewer positions in an image there is little to sum in registers, and a product of matrices is faster. */
const FEW_POSITIONS = 4;

/** The input with the zeros around it that windows reach; to be freed. */
function padded(x: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const [, top, left] = windows.before;
  const [bottom, right] = paddingAfter(windows).map((n) => Math.max(0, n)) as [number, number];
  if (Math.max(top, left, bottom, right) === 0) return reshaped(backend, x, x.shape);
  const paddings = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return stock('PadV2', backend, { x }, { paddings, constantValue: 0 });
}

/**
 * A convolution's gradient with respect to its input. The stock kernel is right but scalar, seven times slower than the
 * forward one. For strides of 1 it is the convolution of the output's gradient with the filter turned by 180° and its
 * channels exchanged; for larger ones, which would convolve zeros, a product of matrices.
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
    const result = withChannelsLast(dy, attrs, backend, (moved) =>
      conv2DBackpropInput({ inputs: { dy: moved, filter }, backend, attrs: channelsLast(attrs) }),
    );
    return asLaidOut(result, attrs, backend);
  }
  const windows = convWindows2D(attrs.inputShape, filter.shape, attrs);
  const [, height, width] = windows.input;
  const [, outHeight, outWidth] = windows.output;
  const [batch, dyHeight, dyWidth, channels] = dy.shape as Shape4D;
  if (dyHeight !== outHeight || dyWidth !== outWidth) {
    // A transposed convolution may bring more than the forward pass would make; what is beyond is left out.
    const size = [batch, outHeight, outWidth, channels];
    const used = stock('Slice', backend, { x: dy }, { begin: [0, 0, 0, 0], size });
    const result = conv2DBackpropInput({ inputs: { dy: used, filter }, backend, attrs });
    free(backend, used);
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
  const turned = turnedFilter(filter, backend);
  const padding: backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const plain = { strides: 1, pad: padding, dilations: 1, dataFormat: 'NHWC' as const };
  const result = conv2D({ inputs: { x: dy, filter: turned }, backend, attrs: plain });
  free(backend, turned);
  return result;
}

/** The filter turned by 180°, with the two kinds of channels exchanged; the stock Reverse takes 30 ns for a number. */
function turnedFilter(filter: TensorInfo, backend: BackendWasm): TensorInfo {
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

/** How many rows and columns the last window needs beyond the input; negative when some at the end are in no window. */
function paddingAfter({ input, output, filter, stride, before }: Windows): Pair {
  const along = (axis: 1 | 2) => (output[axis] - 1) * stride[axis] + filter[axis] - input[axis] - before[axis];
  return [along(1), along(2)];
}
