import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall } from './heap.js';
import { averagePooling } from './simd/average-pool.js';
import { maxPooling } from './simd/max-pool.js';
import { pool } from './simd/pooling.js';
import { eachPoolWindow, type PoolAttributes, poolWindows2D, poolWindows3D, type Windows } from './windows.js';

type GradientCall = KernelCall<'dy' | 'input', PoolAttributes>;
type MaxGradientCall = KernelCall<'dy' | 'input' | 'output', PoolAttributes>;

/**
 * The gradient of max pooling: each window's gradient goes to the first of its largest values. TensorFlow.js's kernel
 * starts its search at 1e-38 rather than minus infinity, so a window without a positive value gets no gradient.
 */
export function maxPoolGrad({ inputs, backend, attrs }: MaxGradientCall): TensorInfo {
  return maxGradient(inputs, poolWindows2D(inputs.input, attrs), backend);
}

/** As {@link maxPoolGrad}, in three dimensions. */
export function maxPool3DGrad({ inputs, backend, attrs }: MaxGradientCall): TensorInfo {
  return maxGradient(inputs, poolWindows3D(inputs.input, attrs), backend);
}

/**
 * The gradient of average pooling: each window's gradient is divided evenly among its cells. TensorFlow.js's kernel
 * divides by the size of the full window even at a padded border, where the forward pass divides by the cells inside.
 */
export function avgPoolGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return averageGradient(dy, input, poolWindows2D(input, attrs), backend);
}

/** As {@link avgPoolGrad}, in three dimensions. */
export function avgPool3DGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return averageGradient(dy, input, poolWindows3D(input, attrs), backend);
}

/** For [128, 26, 26, 32] in windows of 2 × 2, the SIMD kernel takes 2.3 ms and the loop below 16. */
function maxGradient(
  { dy, input, output }: MaxGradientCall['inputs'],
  windows: Windows,
  backend: BackendWasm,
): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const simd = input.dtype === 'float32' ? maxPooling(backend) : undefined;
  const disjoint = areDisjoint(windows);
  if (!(simd && disjoint && coverAll(windows))) floats(backend, result).fill(0);
  if (simd) {
    const tensors = { input, output, dy, gradient: result };
    pool(disjoint ? simd.gradient : simd.overlappingGradient, windows, tensors, backend);
    return result;
  }
  const values = floats(backend, input);
  const largest = floats(backend, output);
  const dyValues = floats(backend, dy);
  const sums = floats(backend, result);
  eachPoolWindow(windows, (cells, count, outputAt) => {
    if (count === 0) return;
    for (let channel = 0; channel < windows.channels; channel++) {
      let first = 0;
      while (first < count && values[(cells[first] as number) + channel] !== largest[outputAt + channel]) first++;
      // None is found where all are NaN.
      const at = cells[first < count ? first : 0] as number;
      (sums[at + channel] as number) += dyValues[outputAt + channel] as number;
    }
  });
  return result;
}

const SPATIAL_AXES = [0, 1, 2] as const;

/** Whether no two windows share a cell. */
function areDisjoint({ filter, stride }: Windows): boolean {
  return SPATIAL_AXES.every((axis) => filter[axis] <= stride[axis]);
}

/** Whether disjoint windows cover every cell of the input. */
function coverAll({ input, output, filter, stride, before }: Windows): boolean {
  return SPATIAL_AXES.every(
    (axis) => filter[axis] === stride[axis] && output[axis] * stride[axis] - before[axis] >= input[axis],
  );
}

/** For [128, 26, 26, 32] in windows of 2 × 2, the SIMD kernel takes 2 ms and the loop below 14. */
function averageGradient(dy: TensorInfo, input: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const simd = averagePooling(backend);
  const disjoint = areDisjoint(windows);
  if (!(simd && disjoint && coverAll(windows))) floats(backend, result).fill(0);
  if (simd) {
    pool(
      disjoint ? simd.gradient : simd.overlappingGradient,
      windows,
      { input, output: dy, dy, gradient: result },
      backend,
    );
    return result;
  }
  const dyValues = floats(backend, dy);
  const sums = floats(backend, result);
  const { channels } = windows;
  eachPoolWindow(windows, (cells, count, outputAt) => {
    const share = 1 / count;
    for (let k = 0; k < count; k++) {
      const start = cells[k] as number;
      for (let c = 0; c < channels; c++) (sums[start + c] as number) += (dyValues[outputAt + c] as number) * share;
    }
  });
  return result;
}
