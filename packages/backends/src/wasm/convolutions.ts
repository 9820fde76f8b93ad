import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, backend_util } from '@tensorflow/tfjs-core';
import { asLaidOut, channelsLast, withChannelsLast } from './channels-first.js';
import { free, type KernelCall, reshaped } from './heap.js';
import { stock } from './stock.js';
import type { ConvAttributes } from './windows.js';

type ConvCall = KernelCall<'x' | 'filter', ConvAttributes>;

/**
 * Convolution. For padding `same` the stock kernel leaves the padding to its library, which gives up without a word, and
 * a result of zeros, where the stride is so much larger than the filter that the end of the input is in no window. And a
 * 1×1 filter from one channel to one turns NaN into minus infinity.
 */
export function conv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  if (attrs.dataFormat === 'NCHW') {
    const result = withChannelsLast(x, attrs, backend, (moved) =>
      conv2D({ inputs: { x: moved, filter }, backend, attrs: channelsLast(attrs) }),
    );
    return asLaidOut(result, attrs, backend);
  }
  if (scalesChannels(filter, attrs) && filter.shape[2] === 1) return scaled(x, filter, backend);
  return stock('Conv2D', backend, { x, filter }, explicitlyPadded(x, filter, attrs, false));
}

/** Convolution of each channel by itself; as {@link conv2D}. */
export function depthwiseConv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  if (scalesChannels(filter, attrs)) return scaled(x, filter, backend);
  return stock('DepthwiseConv2dNative', backend, { x, filter }, explicitlyPadded(x, filter, attrs, true));
}

/** Whether the filter is a factor for each channel and nothing more: 1×1, one output each, every position. */
export function scalesChannels({ shape }: TensorInfo, { strides, pad }: ConvAttributes): boolean {
  const unpadded = typeof pad === 'string' || [pad].flat(2).every((n) => n === 0);
  return shape[0] === 1 && shape[1] === 1 && shape[3] === 1 && [strides].flat().every((n) => n === 1) && unpadded;
}

function scaled(x: TensorInfo, filter: TensorInfo, backend: BackendWasm): TensorInfo {
  const factors = reshaped(backend, filter, [filter.shape[2] as number]);
  const result = stock('Multiply', backend, { a: x, b: factors });
  free(backend, factors);
  return result;
}

/** The same attributes with padding `same` written out as numbers of rows and columns. */
export function explicitlyPadded<Attributes extends ConvAttributes>(
  x: TensorInfo,
  filter: TensorInfo,
  attrs: Attributes,
  depthwise: boolean,
): Attributes {
  if (attrs.pad !== 'same' || attrs.dataFormat === 'NCHW') return attrs;
  const { padInfo } = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    'same',
    attrs.dimRoundingMode,
    depthwise,
  );
  return {
    ...attrs,
    pad: [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ],
  };
}
