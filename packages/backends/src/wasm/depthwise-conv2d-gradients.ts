import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall } from './heap.js';
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
  const sums = floats(backend, result).fill(0);
  const { channels } = windows;
  const multiplier = attrs.filterShape[3];
  eachTap(windows, (xAt, dyAt, filterAt) => {
    if (multiplier === 1) {
      for (let c = 0; c < channels; c++) {
        (sums[filterAt + c] as number) += (values[xAt + c] as number) * (slopes[dyAt + c] as number);
      }
      return;
    }
    for (let c = 0, k = 0; c < channels; c++) {
      const value = values[xAt + c] as number;
      for (let m = 0; m < multiplier; m++, k++) (sums[filterAt + k] as number) += value * (slopes[dyAt + k] as number);
    }
  });
  return result;
}

/**
 * A depthwise convolution's gradient with respect to its input; missing in the stock backend.
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
  const result = backend.makeOutput([...attrs.inputShape], 'float32');
  const slopes = floats(backend, dy);
  const weights = floats(backend, filter);
  const sums = floats(backend, result).fill(0);
  const { channels } = windows;
  const multiplier = filter.shape[3] as number;
  eachTap(windows, (xAt, dyAt, filterAt) => {
    if (multiplier === 1) {
      for (let c = 0; c < channels; c++) {
        (sums[xAt + c] as number) += (slopes[dyAt + c] as number) * (weights[filterAt + c] as number);
      }
      return;
    }
    for (let c = 0, k = 0; c < channels; c++) {
      let sum = 0;
      for (let m = 0; m < multiplier; m++, k++) sum += (slopes[dyAt + k] as number) * (weights[filterAt + k] as number);
      (sums[xAt + c] as number) += sum;
    }
  });
  return result;
}

/** Visits every pair of a window and a filter position whose input position exists, with the offset of each one's channels. */
function eachTap(windows: Windows, visit: (xAt: number, dyAt: number, filterAt: number) => void): void {
  const { batch, channels, outChannels } = windows;
  const [, height, width] = windows.input;
  const [, outHeight, outWidth] = windows.output;
  const [, filterHeight, filterWidth] = windows.filter;
  const [, strideHeight, strideWidth] = windows.stride;
  const [, dilationHeight, dilationWidth] = windows.dilation;
  const [, top, left] = windows.before;
  let dyAt = 0;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, dyAt += outChannels) {
        for (let i = 0; i < filterHeight; i++) {
          const row = y * strideHeight + i * dilationHeight - top;
          if (row < 0 || row >= height) continue;
          for (let j = 0; j < filterWidth; j++) {
            const column = x * strideWidth + j * dilationWidth - left;
            if (column < 0 || column >= width) continue;
            visit(((image * height + row) * width + column) * channels, dyAt, (i * filterWidth + j) * outChannels);
          }
        }
      }
    }
  }
}
