import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { asLaidOut, channelsLast, withChannelsLast } from './channels-first.js';
import { conv2D } from './convolutions.js';
import { free, type KernelCall, reshaped } from './heap.js';
import { isPointwise, patchesFilterGradient, patchesInputGradient } from './patches.js';
import { stock } from './stock.js';
import { type ConvAttributes, convWindows2D, type Windows } from './windows.js';

type Shape4D = [number, number, number, number];
type Pair = readonly [height: number, width: number];

/**
 * A convolution's gradient with respect to its filter; missing in the stock backend. It is itself a convolution, with the
 * batch in the place of the channels: of the input [channels, height, width, batch] by the output's gradient, as a filter
 * [height, width, batch, out channels] that is dilated by the stride. So the fast forward kernel computes it.
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
  // A single channel would make a batch of one, and a product of very few rows.
  if (windows.channels === 1 || isPointwise(windows)) {
    return { ...patchesFilterGradient(x, dy, windows, backend), shape: [...attrs.filterShape] };
  }
  const [, top, left] = windows.before;
  const [, strideHeight, strideWidth] = windows.stride;
  const [bottom, right] = paddingAfter(windows);
  const padding: backend_util.ExplicitPadding = [
    [0, 0],
    [top, Math.max(0, bottom)],
    [left, Math.max(0, right)],
    [0, 0],
  ];
  const transposedX = stock('Transpose', backend, { x }, { perm: [3, 1, 2, 0] });
  const padded = pad(transposedX, padding, backend);
  const transposedDy = stock('Transpose', backend, { x: dy }, { perm: [1, 2, 0, 3] });
  const full = convolve(padded, transposedDy, 'valid', [strideHeight, strideWidth], backend);
  free(backend, transposedX, padded, transposedDy);
  // Rows at the end that are in no window give positions beyond the filter.
  const [height, width, channels, outChannels] = attrs.filterShape;
  const size = [channels, height, width, outChannels];
  const used = stock('Slice', backend, { x: full }, { begin: [0, 0, 0, 0], size });
  const result = stock('Transpose', backend, { x: used }, { perm: [1, 2, 0, 3] });
  free(backend, full, used);
  return result;
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
  const turned = stock('Reverse', backend, { x: filter }, { dims: [0, 1] });
  const exchanged = stock('Transpose', backend, { x: turned }, { perm: [0, 1, 3, 2] });
  const padding: backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const result = convolve(dy, exchanged, padding, [1, 1], backend);
  free(backend, turned, exchanged);
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

function pad(x: TensorInfo, paddings: number[][], backend: BackendWasm): TensorInfo {
  if (paddings.flat().every((n) => n === 0)) return reshaped(backend, x, x.shape);
  return stock('PadV2', backend, { x }, { paddings, constantValue: 0 });
}
