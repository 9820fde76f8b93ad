import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { asLaidOut, channelsLast, withChannelsLast } from './channels-first.js';
import { conv2D } from './convolutions.js';
import { floats, free, type KernelCall, reshaped } from './heap.js';
import { isPointwise, patchesFilterGradient, patchesInputGradient } from './patches.js';
import { stock } from './stock.js';
import { type ConvAttributes, convWindows2D, type Windows } from './windows.js';

type Shape4D = [number, number, number, number];
type Pair = readonly [height: number, width: number];

/**
 * A convolution's gradient with respect to its filter; missing in the stock backend. It is itself a convolution, with the
 * batch in the place of the channels: by the output's gradient, as a filter [height, width, batch, out channels] that is
 * dilated by the stride. So the fast forward kernel computes it. The channels stand side by side in one wide image
 * [1, height, width · channels, batch], whose columns are that many times further apart: the result then has the order of
 * the filter, and its positions fill the kernel's tiles of four, which a small filter for each channel would not.
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
  // With one channel the patches are smaller than the output's gradient, which would be copied into another order here.
  if (windows.channels === 1 || isPointwise(windows)) {
    return { ...patchesFilterGradient(x, dy, windows, backend), shape: [...attrs.filterShape] };
  }
  const [batch, height, width, channels] = x.shape as Shape4D;
  const [, top, left] = windows.before;
  const [, strideHeight, strideWidth] = windows.stride;
  const [bottom, right] = paddingAfter(windows);
  const padding: backend_util.ExplicitPadding = [
    [0, 0],
    [top, Math.max(0, bottom)],
    [left * channels, Math.max(0, right) * channels],
    [0, 0],
  ];
  const rows = reshaped(backend, x, [batch, height * width * channels]);
  const columns = stock('Transpose', backend, { x: rows }, { perm: [1, 0] });
  const image = { ...columns, shape: [1, height, width * channels, batch] };
  const moved = stock('Transpose', backend, { x: dy }, { perm: [1, 2, 0, 3] });
  const full = convolve(image, moved, padding, [strideHeight, strideWidth * channels], backend);
  free(backend, rows, columns, moved);
  // Rows and columns at the end that are in no window give positions beyond the filter.
  const [filterHeight, filterWidth, , outChannels] = attrs.filterShape;
  const size = [1, filterHeight, filterWidth * channels, outChannels];
  const used = stock('Slice', backend, { x: full }, { begin: [0, 0, 0, 0], size });
  free(backend, full);
  return { ...used, shape: [...attrs.filterShape] };
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
  const result = convolve(dy, turned, padding, [1, 1], backend);
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

function convolve(
  x: TensorInfo,
  filter: TensorInfo,
  padding: 'valid' | backend_util.ExplicitPadding,
  dilations: Pair,
  backend: BackendWasm,
): TensorInfo {
  const attrs = {
    strides: 1,
    pad: padding,
    dilations: [...dilations] as [number, number],
    dataFormat: 'NHWC' as const,
  };
  return conv2D({ inputs: { x, filter }, backend, attrs });
}
