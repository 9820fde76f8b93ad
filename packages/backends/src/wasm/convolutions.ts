import type { TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { KernelCall } from './heap.js';
import { stock } from './stock.js';
import type { ConvAttributes } from './windows.js';

type ConvCall = KernelCall<'x' | 'filter', ConvAttributes>;

/**
 * Convolution. For padding `same` the stock kernel leaves the padding to its library, which gives up without a word, and
 * a result of zeros, where the stride is so much larger than the filter that the end of the input is in no window.
 */
export function conv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  return stock('Conv2D', backend, { x, filter }, explicitlyPadded(x, filter, attrs, false));
}

/** Convolution of each channel by itself; as {@link conv2D}. */
export function depthwiseConv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  return stock('DepthwiseConv2dNative', backend, { x, filter }, explicitlyPadded(x, filter, attrs, true));
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
