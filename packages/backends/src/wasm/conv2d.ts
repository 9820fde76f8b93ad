import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvAttributes, channelsLast } from '../kernels/convolution.js';
import { toDataFormat, withChannelsLast } from './channels-first.js';
import { directConvolution } from './direct-convolution.js';
import { free, type KernelCall, reshaped } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';
import { convWindows2D } from './windows.js';
import { winogradConvolution } from './winograd.js';

type ConvCall = KernelCall<'x' | 'filter', ConvAttributes>;

/**
 * A convolution. With padding `same`, TensorFlow.js's kernel silently returns zeros where the stride is so much larger
 * than the filter that no window covers the end of the input. And with a 1×1 filter from one channel to one it turns
 * NaN into minus infinity.
 */
export function conv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  if (attrs.dataFormat === 'NCHW') {
    const result = withChannelsLast(x, attrs, backend, (xLast) =>
      conv2D({ inputs: { x: xLast, filter }, backend, attrs: channelsLast(attrs) }),
    );
    return toDataFormat(result, attrs, backend);
  }
  if (isChannelScaling(filter, attrs) && filter.shape[2] === 1) return scaledChannels(x, filter, backend);
  const ours = ownConvolution(x, filter, attrs, backend);
  return ours ?? runTfjsKernel('Conv2D', backend, { x, filter }, withExplicitPadding(x, filter, attrs, false));
}

/**
 * A convolution by lrfind's own functions, with its bias. Channels come last.
 *
 * @returns undefined where TensorFlow.js's kernel is needed
 */
export function ownConvolution(
  x: TensorInfo,
  filter: TensorInfo,
  attrs: ConvAttributes,
  backend: BackendWasm,
  bias?: TensorInfo,
): TensorInfo | undefined {
  const windows = convWindows2D(x.shape, filter.shape, attrs);
  return (
    winogradConvolution(x, filter, windows, backend, { ...(bias && { bias }) }) ??
    directConvolution(x, filter, windows, backend, bias)
  );
}

/** A depthwise convolution, as {@link conv2D}. */
export function depthwiseConv2D({ inputs: { x, filter }, backend, attrs }: ConvCall): TensorInfo {
  if (isChannelScaling(filter, attrs)) return scaledChannels(x, filter, backend);
  return runTfjsKernel('DepthwiseConv2dNative', backend, { x, filter }, withExplicitPadding(x, filter, attrs, true));
}

/**
 * Whether a depthwise convolution only multiplies each channel by a factor: a 1×1 filter, one output, every position.
 */
export function isChannelScaling({ shape }: TensorInfo, { strides, pad }: ConvAttributes): boolean {
  const unpadded = typeof pad === 'string' || [pad].flat(2).every((n) => n === 0);
  return shape[0] === 1 && shape[1] === 1 && shape[3] === 1 && [strides].flat().every((n) => n === 1) && unpadded;
}

function scaledChannels(x: TensorInfo, filter: TensorInfo, backend: BackendWasm): TensorInfo {
  const factors = reshaped(backend, filter, [filter.shape[2] as number]);
  const result = runTfjsKernel('Multiply', backend, { a: x, b: factors });
  free(backend, factors);
  return result;
}

/** The attributes with padding `same` replaced by the numbers of rows and columns. */
export function withExplicitPadding<Attributes extends ConvAttributes>(
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
