import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, free, type KernelCall } from './heap.js';
import { maxPooling } from './simd/max-pool.js';
import { pool } from './simd/pooling.js';
import { runTfjsKernel } from './tfjs-kernel.js';
import { eachPoolWindow, type PoolAttributes, poolWindows2D, poolWindows3D, type Windows } from './windows.js';

type PoolCall = KernelCall<'x', PoolAttributes>;

/** Max pooling. NaN is ignored unless a window holds nothing else, as TensorFlow.js's own tests require. */
export function maxPool({ inputs: { x }, backend, attrs }: PoolCall): TensorInfo {
  return maxOfWindows(x, poolWindows2D(x, attrs), backend);
}

/**
 * Average pooling. TensorFlow.js's kernel turns NaN into an infinity, which a later ReLU or sigmoid makes finite. So a
 * result that is not finite is computed again.
 */
export function avgPool({ inputs: { x }, backend, attrs }: PoolCall): TensorInfo {
  const result = runTfjsKernel('AvgPool', backend, { x }, attrs);
  if (allFinite(floats(backend, result))) return result;
  free(backend, result);
  return meanOfWindows(x, poolWindows2D(x, attrs), backend);
}

/** As {@link maxPool}, in three dimensions. */
export function maxPool3D({ inputs: { x }, backend, attrs }: PoolCall): TensorInfo {
  return maxOfWindows(x, poolWindows3D(x, attrs), backend);
}

/**
 * Average pooling in three dimensions. TensorFlow.js's kernel shifts the windows where {@link poolWindows3D} says so.
 */
export function avgPool3D({ inputs: { x }, backend, attrs }: PoolCall): TensorInfo {
  return meanOfWindows(x, poolWindows3D(x, attrs), backend);
}

/** Whether no value is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  // 0 · value is NaN for NaN and the infinities. Sums need no branches, and four sums are independent of each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  const inFours = values.length - (values.length % 4);
  for (let i = 0; i < inFours; i += 4) {
    a += 0 * (values[i] as number);
    b += 0 * (values[i + 1] as number);
    c += 0 * (values[i + 2] as number);
    d += 0 * (values[i + 3] as number);
  }
  for (let i = inFours; i < values.length; i++) a += 0 * (values[i] as number);
  return a + b + c + d === 0;
}

/**
 * The largest value of each window. TensorFlow.js's kernel returns an infinity for a window of NaN, and in three
 * dimensions 1e-38 for a window without a positive value. Its kernel with a check of the results takes 2.3 ms for
 * [128, 26, 26, 32] in windows of 2 × 2; this takes 1.7 ms.
 */
function maxOfWindows(x: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  const simd = x.dtype === 'float32' ? maxPooling(backend) : undefined;
  if (!simd) {
    return foldWindows(x, windows, backend, Number.NaN, (largest, value) =>
      value > largest || Number.isNaN(largest) ? value : largest,
    );
  }
  const output = makePoolOutput(x, windows, backend);
  if (hasEmptyWindow(windows)) floats(backend, output).fill(Number.NaN);
  pool(simd.forward, windows, { input: x, output }, backend);
  return output;
}

/** Whether the padding is so wide that a window lies wholly in it. */
function hasEmptyWindow({ input, output, filter, stride, before }: Windows): boolean {
  return ([0, 1, 2] as const).some(
    (axis) => before[axis] >= filter[axis] || (output[axis] - 1) * stride[axis] - before[axis] >= input[axis],
  );
}

/** Allocates the output: a number for each window and channel. */
function makePoolOutput(
  { shape, dtype }: TensorInfo,
  { batch, channels, output }: Windows,
  backend: BackendWasm,
): TensorInfo {
  const spatial = shape.length === 5 ? output : output.slice(1);
  return backend.makeOutput([batch, ...spatial, channels], dtype);
}

function meanOfWindows(x: TensorInfo, windows: Windows, backend: BackendWasm): TensorInfo {
  return foldWindows(x, windows, backend, 0, (sum, value, cells) => sum + value / cells);
}

/** Folds the values of every window, channel by channel. */
function foldWindows(
  x: TensorInfo,
  windows: Windows,
  backend: BackendWasm,
  start: number,
  add: (folded: number, value: number, cells: number) => number,
): TensorInfo {
  const { channels } = windows;
  const result = makePoolOutput(x, windows, backend);
  const values = floats(backend, x);
  const folded = floats(backend, result);
  eachPoolWindow(windows, (cells, count, outputAt) => {
    for (let c = 0; c < channels; c++) {
      let accumulated = start;
      for (let k = 0; k < count; k++) accumulated = add(accumulated, values[(cells[k] as number) + c] as number, count);
      folded[outputAt + c] = accumulated;
    }
  });
  return result;
}
