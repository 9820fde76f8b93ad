import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, free, reshaped, sizeOf } from './heap.js';
import { batchMatMul } from './mat-mul.js';
import { stock } from './stock.js';
import type { Windows } from './windows.js';

/*
 * An undilated convolution and its gradients are products of matrices once every window is a row of numbers (im2col).
 * Filters are [...filter size, channels, out channels]; their values in order are a matrix [values of a window, out
 * channels].
 */

/** The convolution of `x`. */
export function convolvePatches(x: TensorInfo, filter: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const patches = patchesOf(x, windows, backend);
  const weights = reshaped(backend, filter, [patches.shape[1] as number, windows.outChannels]);
  const product = multiply(patches, weights, false, false, backend);
  free(backend, patches, weights);
  return product;
}

/**
 * The gradient with respect to the filter: patchesᵀ · dy, or the transpose of dyᵀ · patches. The product's right operand is
 * copied into another order first, which takes longer than the product where there are many windows; so it is the smaller.
 */
export function patchesFilterGradient(
  x: TensorInfo,
  dy: TensorInfo,
  windows: Windows,
  backend: BackendWasm,
): TensorInfo {
  const patches = patchesOf(x, windows, backend);
  const [positions, values] = patches.shape as [number, number];
  const slopes = reshaped(backend, dy, [positions, windows.outChannels]);
  if (values >= windows.outChannels) {
    const product = multiply(patches, slopes, true, false, backend);
    free(backend, patches, slopes);
    return product;
  }
  const product = multiply(slopes, patches, true, false, backend);
  const turned = stock('Transpose', backend, { x: product }, { perm: [1, 0] });
  free(backend, patches, slopes, product);
  return turned;
}

/** The gradient with respect to the input, of shape `inputShape`. */
export function patchesInputGradient(
  dy: TensorInfo,
  filter: TensorInfo,
  inputShape: readonly number[],
  windows: Windows,
  backend: BackendWasm,
): TensorInfo {
  const [positions, values] = patchShape(windows);
  const slopes = reshaped(backend, dy, [positions, windows.outChannels]);
  const weights = reshaped(backend, filter, [values, windows.outChannels]);
  const patches = multiply(slopes, weights, false, true, backend);
  const result = backend.makeOutput([...inputShape], 'float32');
  const rows = floats(backend, patches);
  const sums = floats(backend, result).fill(0);
  eachRun(windows, (xAt, patchAt, length) => {
    for (let i = 0; i < length; i++) (sums[xAt + i] as number) += rows[patchAt + i] as number;
  });
  free(backend, slopes, weights, patches);
  return result;
}

/** A matrix with a row for every window: the values in it, and 0 where it leaves the input. */
function patchesOf(x: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  if (isPointwise(windows)) return reshaped(backend, x, patchShape(windows));
  const patches = backend.makeOutput(patchShape(windows), 'float32');
  const values = floats(backend, x);
  const rows = floats(backend, patches).fill(0);
  eachRun(windows, (xAt, patchAt, length) => {
    for (let i = 0; i < length; i++) rows[patchAt + i] = values[xAt + i] as number;
  });
  return patches;
}

/** Whether every window is one value of each channel, and every position is a window. */
function isPointwise({ filter, stride, before }: Windows): boolean {
  return [...filter, ...stride].every((n) => n === 1) && before.every((n) => n === 0);
}

/** The number of windows, and of values in each. */
function patchShape({ batch, output, filter, channels }: Windows): [positions: number, values: number] {
  return [batch * sizeOf(output), sizeOf(filter) * channels];
}

function multiply(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean, backend: BackendWasm) {
  return batchMatMul({ inputs: { a, b }, backend, attrs: { transposeA, transposeB } });
}

/** Visits the values that input and window have in common, as runs of values that lie together in both. */
function eachRun(windows: Windows, visit: (xAt: number, patchAt: number, length: number) => void): void {
  const { batch, input, output, filter, stride, before, channels } = windows;
  const [depth, height, width] = input;
  const [filterDepth, filterHeight, filterWidth] = filter;
  let patchAt = 0;
  for (let image = 0; image < batch; image++) {
    for (let z = 0; z < output[0]; z++) {
      for (let y = 0; y < output[1]; y++) {
        for (let x = 0; x < output[2]; x++) {
          const left = x * stride[2] - before[2];
          const first = Math.max(0, -left);
          const length = (Math.min(filterWidth, width - left) - first) * channels;
          for (let i = 0; i < filterDepth; i++) {
            const layer = z * stride[0] + i - before[0];
            for (let j = 0; j < filterHeight; j++, patchAt += filterWidth * channels) {
              const row = y * stride[1] + j - before[1];
              if (layer < 0 || layer >= depth || row < 0 || row >= height) continue;
              const xAt = (((image * depth + layer) * height + row) * width + left + first) * channels;
              visit(xAt, patchAt + first * channels, length);
            }
          }
        }
      }
    }
  }
}
