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
  const [depth, height, width] = windows.input;
  let at = 0;
  eachPoolWindow(windows, (image, { z0, z1, y0, y1, x0, x1 }) => {
    for (let c = 0; c < channels; c++, at++) {
      let largest = Number.NaN;
      let where = -1;
      for (let z = z0; z < z1; z++) {
        for (let y = y0; y < y1; y++) {
          let p = (((image * depth + z) * height + y) * width + x0) * channels + c;
          for (let x = x0; x < x1; x++, p += channels) {
            const value = values[p] as number;
            // As forward: NaN only where nothing else is.
            if (value > largest || where < 0 || (Number.isNaN(largest) && !Number.isNaN(value))) {
              largest = value;
              where = p;
            }
          }
        }
      }
      if (where >= 0) (sums[where] as number) += slopes[at] as number;
    }
  });
  return result;
}

function averageGradient(dy: TensorInfo, input: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const result = backend.makeOutput(input.shape, 'float32');
  const slopes = floats(backend, dy);
  const sums = floats(backend, result).fill(0);
  const { channels } = windows;
  const [depth, height, width] = windows.input;
  let at = 0;
  eachPoolWindow(windows, (image, { z0, z1, y0, y1, x0, x1 }) => {
    const share = 1 / ((z1 - z0) * (y1 - y0) * (x1 - x0));
    for (let z = z0; z < z1; z++) {
      for (let y = y0; y < y1; y++) {
        let p = (((image * depth + z) * height + y) * width + x0) * channels;
        for (let x = x0; x < x1; x++) {
          for (let c = 0; c < channels; c++, p++) (sums[p] as number) += (slopes[at + c] as number) * share;
        }
      }
    }
    at += channels;
  });
  return result;
}
