import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall } from './heap.js';
import { maxPooling } from './simd/max-pool.js';
import { pool } from './simd/pooling.js';
import { eachPoolWindow, type PoolAttributes, poolWindows2D, poolWindows3D, type Windows } from './windows.js';

type GradientCall = KernelCall<'dy' | 'input', PoolAttributes>;
type MaxGradientCall = KernelCall<'dy' | 'input' | 'output', PoolAttributes>;

/**
 * Max pooling's gradient: each window's slope goes to its first largest value. The stock kernel starts its search at
 * 1e-38 rather than minus infinity, so a window without a positive value gets no gradient.
 */
export function maxPoolGrad({ inputs, backend, attrs }: MaxGradientCall): TensorInfo {
  return maxGradient(inputs, poolWindows2D(inputs.input, attrs), backend);
}

/** As {@link maxPoolGrad}, in three dimensions. */
export function maxPool3DGrad({ inputs, backend, attrs }: MaxGradientCall): TensorInfo {
  return maxGradient(inputs, poolWindows3D(inputs.input, attrs), backend);
}

/**
 * Average pooling's gradient: each window's slope is shared out evenly. The stock kernel divides by the full window also
 * at a padded border, where the forward pass divides by the cells inside.
 */
export function avgPoolGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return averageGradient(dy, input, poolWindows2D(input, attrs), backend);
}

/** As {@link avgPoolGrad}, in three dimensions. */
export function avgPool3DGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return averageGradient(dy, input, poolWindows3D(input, attrs), backend);
}

/** The loop below takes 16 ms for [128, 26, 26, 32] in windows of 2 × 2, four channels at a time 2.3. */
function maxGradient(
  { dy, input, output }: MaxGradientCall['inputs'],
  windows: Windows,
  backend: BackendWasm,
): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const simd = input.dtype === 'float32' ? maxPooling(backend) : undefined;
  const apart = AXES.every((axis) => windows.filter[axis] <= windows.stride[axis]);
  if (!(simd && apart && coverAll(windows))) floats(backend, result).fill(0);
  if (simd) {
    const tensors = { input, output, slopes: dy, gradient: result };
    pool(apart ? simd.gradient : simd.overlapping, windows, tensors, backend);
    return result;
  }
  const values = floats(backend, input);
  const largest = floats(backend, output);
  const slopes = floats(backend, dy);
  const sums = floats(backend, result);
  eachPoolWindow(windows, (cells, count, outputAt) => {
    if (count === 0) return;
    for (let channel = 0; channel < windows.channels; channel++) {
      let first = 0;
      while (first < count && values[(cells[first] as number) + channel] !== largest[outputAt + channel]) first++;
      // All are NaN when none was found.
      const at = cells[first < count ? first : 0] as number;
      (sums[at + channel] as number) += slopes[outputAt + channel] as number;
    }
  });
  return result;
}

const AXES = [0, 1, 2] as const;

/** Whether windows that do not overlap leave no cell out. */
function coverAll({ input, output, filter, stride, before }: Windows): boolean {
  return AXES.every(
    (axis) => filter[axis] === stride[axis] && output[axis] * stride[axis] - before[axis] >= input[axis],
  );
}

function averageGradient(dy: TensorInfo, input: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const slopes = floats(backend, dy);
  const sums = floats(backend, result).fill(0);
  const { channels } = windows;
  eachPoolWindow(windows, (cells, count, outputAt) => {
    const share = 1 / count;
    for (let k = 0; k < count; k++) {
      const start = cells[k] as number;
      for (let c = 0; c < channels; c++) (sums[start + c] as number) += (slopes[outputAt + c] as number) * share;
    }
  });
  return result;
}
