import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bits, floats, type KernelCall, sizeOf } from './heap.js';
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

/**
 * Finds the largest values by comparing with the forward pass's output, from the last cell to the first so that the first
 * of equals is kept, and the first cell where all are NaN. No branch depends on a value: where the largest lies cannot be
 * foretold, and a wrong guess for each window would cost more than the comparisons.
 */
function maxGradient(inputs: MaxGradientCall['inputs'], windows: Windows, backend: BackendWasm): TensorInfo {
  const { dy, input, output } = inputs;
  const result = backend.makeOutput(input.shape, 'float32');
  const values = floats(backend, input);
  const largest = floats(backend, output);
  const slopes = floats(backend, dy);
  const sums = floats(backend, result).fill(0);
  const { channels, filter, stride } = windows;
  if (sizeOf(filter) <= 4 && filter.every((length, axis) => length <= (stride[axis] as number))) {
    fourApart(windows, values, largest, bits(slopes), bits(sums));
    return result;
  }
  const where = new Int32Array(channels);
  eachPoolWindow(windows, (cells, count, outputAt) => {
    if (count === 0) return;
    where.fill(cells[0] as number);
    // Four at a time: a quarter of the trips to `where`.
    for (let k = (count - 1) & ~3; k >= 0; k -= 4) {
      const [a, b, c, d] = fourCells(cells, count, k);
      for (let channel = 0; channel < channels; channel++) {
        const target = largest[outputAt + channel];
        let at = where[channel] as number;
        at ^= (at ^ d) & -Number(values[d + channel] === target);
        at ^= (at ^ c) & -Number(values[c + channel] === target);
        at ^= (at ^ b) & -Number(values[b + channel] === target);
        at ^= (at ^ a) & -Number(values[a + channel] === target);
        where[channel] = at;
      }
    }
    for (let channel = 0; channel < channels; channel++) {
      (sums[(where[channel] as number) + channel] as number) += slopes[outputAt + channel] as number;
    }
  });
  return result;
}

/**
 * The commonest pooling, windows of up to four cells that do not overlap, written out: twice as fast. A cell's slope is
 * the window's or 0, and as bits that is a mask.
 */
function fourApart(
  windows: Windows,
  values: Float32Array,
  largest: Float32Array,
  slopes: Int32Array,
  results: Int32Array,
): void {
  const { channels } = windows;
  eachPoolWindow(windows, (cells, count, outputAt) => {
    if (count === 0) return;
    const [a, b, c, d] = fourCells(cells, count, 0);
    for (let channel = 0; channel < channels; channel++) {
      const target = largest[outputAt + channel];
      const slope = slopes[outputAt + channel] as number;
      const inA = Number(values[a + channel] === target);
      const inB = Number(values[b + channel] === target) & ~inA;
      const inC = Number(values[c + channel] === target) & ~(inA | inB);
      const inD = Number(values[d + channel] === target) & ~(inA | inB | inC);
      results[d + channel] = slope & -inD;
      results[c + channel] = slope & -inC;
      results[b + channel] = slope & -inB;
      results[a + channel] = slope & ((inB | inC | inD) - 1);
    }
  });
}

/** Four cells from the k-th on. Past the end they are the k-th again, which is compared and written last. */
function fourCells(cells: Int32Array, count: number, k: number): [number, number, number, number] {
  const cell = (at: number) => cells[at < count ? at : k] as number;
  return [cell(k), cell(k + 1), cell(k + 2), cell(k + 3)];
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
