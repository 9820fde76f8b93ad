import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAttributes } from '../kernels/convolution.js';

type Triple = readonly [depth: number, height: number, width: number];

/**
 * The windows of a pooling or a convolution. Two-dimensional ones have a depth of 1, so that one loop serves both.
 * Tensors are [batch, (depth,) height, width, channels].
 */
export interface Windows {
  readonly batch: number;
  /** Channels of the input. */
  readonly channels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly filter: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  /** Padding before the first cell along each axis. */
  readonly before: Triple;
}

/** The attributes of a pooling. */
export interface PoolAttributes {
  readonly filterSize: number | [number, number] | [number, number, number];
  readonly strides: number | [number, number] | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The windows of a 2-D pooling. */
export function poolWindows2D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Windows {
  const info = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad,
    dimRoundingMode,
  );
  return windows2D(info);
}

/** The windows of a 3-D pooling. */
export function poolWindows3D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Windows {
  const info = backend_util.computePool3DInfo(
    x.shape as [number, number, number, number, number],
    filterSize as [number, number, number],
    strides as [number, number, number],
    1,
    pad as 'valid' | 'same' | number,
    dimRoundingMode,
  );
  return windows3D(info);
}

/** The windows of a 2-D convolution in the NHWC layout. */
export function convWindows2D(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: ConvAttributes,
  depthwise = false,
): Windows {
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return windows2D(info);
}

/** The windows of a 3-D convolution. */
export function convWindows3D(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad }: { strides: number | [number, number, number]; pad: 'valid' | 'same' },
): Windows {
  const info = backend_util.computeConv3DInfo(
    inputShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    strides,
    1,
    pad,
  );
  return windows3D(info);
}

function windows2D(info: backend_util.Conv2DInfo): Windows {
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    outChannels: info.outChannels,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, info.dilationHeight, info.dilationWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
  };
}

function windows3D(info: backend_util.Conv3DInfo): Windows {
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    outChannels: info.outChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    // Where the stride is so large that no window covers the end of the input, TensorFlow.js computes a negative
    // padding, which shifts the windows. TensorFlow, and TensorFlow.js in two dimensions, use 0.
    before: [Math.max(0, info.padInfo.front), Math.max(0, info.padInfo.top), Math.max(0, info.padInfo.left)],
  };
}

/**
 * Calls `visit` for every window of a pooling, in the order of the output's positions.
 *
 * @param visit gets the cells of the window that lie inside the input, each as the offset of its first channel, in an
 *   array that is reused for the next window; their number; and the offset of the output's first channel
 */
export function eachPoolWindow(
  windows: Windows,
  visit: (cells: Int32Array, count: number, outputAt: number) => void,
): void {
  const { batch, channels, input, output, filter, stride, before } = windows;
  const [depth, height, width] = input;
  const cells = new Int32Array(filter[0] * filter[1] * filter[2]);
  let outputAt = 0;
  for (let image = 0; image < batch; image++) {
    for (let outZ = 0; outZ < output[0]; outZ++) {
      const front = outZ * stride[0] - before[0];
      for (let outY = 0; outY < output[1]; outY++) {
        const top = outY * stride[1] - before[1];
        for (let outX = 0; outX < output[2]; outX++, outputAt += channels) {
          const left = outX * stride[2] - before[2];
          let count = 0;
          for (let z = Math.max(0, front); z < Math.min(depth, front + filter[0]); z++) {
            for (let y = Math.max(0, top); y < Math.min(height, top + filter[1]); y++) {
              const row = ((image * depth + z) * height + y) * width;
              const end = Math.min(width, left + filter[2]);
              for (let x = Math.max(0, left); x < end; x++) cells[count++] = (row + x) * channels;
            }
          }
          visit(cells, count, outputAt);
        }
      }
    }
  }
}
