import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall } from './heap.js';
import { eachPoolWindow, type PoolAttributes, poolWindows2D, poolWindows3D, type Windows } from './windows.js';

type GradientCall = KernelCall<'dy' | 'input', PoolAttributes>;

/**
 * Max pooling's gradient: each window's slope goes to its first largest value. The stock kernel starts its search at
 * 1e-38 rather than minus infinity, so a window without a positive value gets no gradient.
 */
export function maxPoolGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return maxGradient(dy, input, poolWindows2D(input, attrs), backend);
}

/** As {@link maxPoolGrad}, in three dimensions. */
export function maxPool3DGrad({ inputs: { dy, input }, backend, attrs }: GradientCall): TensorInfo {
  return maxGradient(dy, input, poolWindows3D(input, attrs), backend);
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

function maxGradient(dy: TensorInfo, input: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const values = floats(backend, input);
  const slopes = floats(backend, dy);
  const sums = floats(backend, result).fill(0);
  const { channels } = windows;
  eachPoolWindow(windows, (cells, count, outputAt) => {
    if (count === 0) return;
    for (let c = 0; c < channels; c++) {
      let where = (cells[0] as number) + c;
      let largest = values[where] as number;
      for (let k = 1; k < count; k++) {
        const p = (cells[k] as number) + c;
        const value = values[p] as number;
        // As forward: NaN only where nothing else is.
        if (value > largest || (Number.isNaN(largest) && !Number.isNaN(value))) {
          largest = value;
          where = p;
        }
      }
      (sums[where] as number) += slopes[outputAt + c] as number;
    }
  });
  return result;
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
