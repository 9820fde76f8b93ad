import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, free, reshaped, sizeOf } from './heap.js';
import { batchMatMul } from './mat-mul.js';
import { runTfjsKernel } from './tfjs-kernel.js';
import type { Windows } from './windows.js';

/*
 * Plain convolutions and their gradients as matrix products (im2col): the patch matrix has a row for each window.
 * Filters are [...filter size, channels, out channels], in memory a matrix [values of a window, out channels].
 */

/** The convolution of `x`, as a matrix [windows, out channels]. */
export function convolvePatches(x: TensorInfo, filter: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const patches = patchesOf(x, windows, backend);
  const weights = reshaped(backend, filter, [patches.shape[1] as number, windows.outChannels]);
  const product = multiply(patches, weights, false, false, backend);
  free(backend, patches, weights);
  return product;
}

/**
 * The gradient with respect to the filter: patchesᵀ · dy, or the transpose of dyᵀ · patches. TensorFlow.js's product
 * packs its right operand into another order first. With many windows that takes longer than the product, so the
 * smaller operand is on the right.
 */
export function patchesFilterGradient(
  x: TensorInfo,
  dy: TensorInfo,
  windows: Windows,
  backend: BackendWasm,
): TensorInfo {
  const patches = patchesOf(x, windows, backend);
  const [positions, values] = patches.shape as [number, number];
  const dyMatrix = reshaped(backend, dy, [positions, windows.outChannels]);
  if (values >= windows.outChannels) {
    const product = multiply(patches, dyMatrix, true, false, backend);
    free(backend, patches, dyMatrix);
    return product;
  }
  const product = multiply(dyMatrix, patches, true, false, backend);
  const transposed = runTfjsKernel('Transpose', backend, { x: product }, { perm: [1, 0] });
  free(backend, patches, dyMatrix, product);
  return transposed;
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
  const dyMatrix = reshaped(backend, dy, [positions, windows.outChannels]);
  const weights = reshaped(backend, filter, [values, windows.outChannels]);
  const patches = multiply(dyMatrix, weights, false, true, backend);
  const result = backend.makeOutput([...inputShape], 'float32');
  const rows = floats(backend, patches);
  const sums = floats(backend, result).fill(0);
  eachContiguousRun(windows, (xAt, patchAt, length) => {
    for (let i = 0; i < length; i++) (sums[xAt + i] as number) += rows[patchAt + i] as number;
  });
  free(backend, dyMatrix, weights, patches);
  return result;
}

/** The patch matrix: a row for each window, with its values, and 0 where it extends beyond the input. */
function patchesOf(x: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  if (isPointwise(windows)) return reshaped(backend, x, patchShape(windows));
  const patches = backend.makeOutput(patchShape(windows), 'float32');
  const values = floats(backend, x);
  const rows = floats(backend, patches).fill(0);
  eachContiguousRun(windows, (xAt, patchAt, length) => {
    for (let i = 0; i < length; i++) rows[patchAt + i] = values[xAt + i] as number;
  });
  return patches;
}

/** Whether every window is a single position, and every position has a window: the patch matrix is the input. */
function isPointwise({ filter, stride, before }: Windows): boolean {
  return [...filter, ...stride].every((n) => n === 1) && before.every((n) => n === 0);
}

/** The shape of the patch matrix: the number of windows, and of values in each. */
function patchShape({ batch, output, filter, channels }: Windows): [positions: number, values: number] {
  return [batch * sizeOf(output), sizeOf(filter) * channels];
}

function multiply(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean, backend: BackendWasm) {
  return batchMatMul({ inputs: { a, b }, backend, attrs: { transposeA, transposeB } });
}

/**
 * Visits the values of each window that lie in the input, as runs that are contiguous in both input and patch matrix.
 */
function eachContiguousRun(windows: Windows, visit: (xAt: number, patchAt: number, length: number) => void): void {
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
