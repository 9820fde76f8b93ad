/**
 * The formulas once more, in float64 and one loop per axis, with nothing shared with the kernels under test.
 * Tensors are flat row-major arrays with a shape; spatial axes are always three (a missing one has length 1).
 */

export type Padding = 'valid' | 'same' | number;
export type Triple = [number, number, number];

/** A conv or pool along three axes. */
export interface Geometry {
  batch: number;
  channels: number;
  input: Triple;
  filter: Triple;
  stride: Triple;
  pad: Padding;
}

/** Output length and padding before along one axis, by TensorFlow's rules. */
function along(length: number, filter: number, stride: number, pad: Padding): [out: number, before: number] {
  if (pad === 'valid') return [Math.floor((length - filter) / stride) + 1, 0];
  if (pad === 'same') {
    const out = Math.ceil(length / stride);
    return [out, Math.floor(Math.max(0, (out - 1) * stride + filter - length) / 2)];
  }
  return [Math.floor((length + 2 * pad - filter) / stride) + 1, pad];
}

/** A number pads height and width alone, because only 2-D operations take one. */
function axes({ input, filter, stride, pad }: Geometry): [out: number, before: number][] {
  return input.map((n, i) => along(n, at(filter, i), at(stride, i), i === 0 && typeof pad === 'number' ? 0 : pad));
}

export function outputSize(g: Geometry): Triple {
  return axes(g).map(([out]) => out) as Triple;
}

/** Calls `visit` for every window and every position of the filter that lies inside the input. */
function taps(g: Geometry, visit: (image: number, out: number, input: number, tap: number) => void): void {
  const [oz, oy, ox] = outputSize(g);
  const before = axes(g).map(([, padding]) => padding);
  const [d, h, w] = g.input;
  const [fz, fy, fx] = g.filter;
  for (let b = 0; b < g.batch; b++)
    for (let z = 0; z < oz; z++)
      for (let y = 0; y < oy; y++)
        for (let x = 0; x < ox; x++)
          for (let i = 0; i < fz; i++)
            for (let j = 0; j < fy; j++)
              for (let k = 0; k < fx; k++) {
                const iz = z * g.stride[0] + i - (before[0] as number);
                const iy = y * g.stride[1] + j - (before[1] as number);
                const ix = x * g.stride[2] + k - (before[2] as number);
                if (iz < 0 || iy < 0 || ix < 0 || iz >= d || iy >= h || ix >= w) continue;
                visit(b, ((b * oz + z) * oy + y) * ox + x, ((b * d + iz) * h + iy) * w + ix, (i * fy + j) * fx + k);
              }
}

export function conv(x: number[], filter: number[], outChannels: number, g: Geometry): number[] {
  const y = new Array<number>(g.batch * product(outputSize(g)) * outChannels).fill(0);
  taps(g, (_, out, input, tap) => {
    for (let c = 0; c < g.channels; c++)
      for (let o = 0; o < outChannels; o++)
        (y[out * outChannels + o] as number) +=
          at(x, input * g.channels + c) * at(filter, (tap * g.channels + c) * outChannels + o);
  });
  return y;
}

/** The gradient of {@link conv} with respect to its filter. */
export function convFilterGradient(x: number[], dy: number[], outChannels: number, g: Geometry): number[] {
  const sums = new Array<number>(product(g.filter) * g.channels * outChannels).fill(0);
  taps(g, (_, out, input, tap) => {
    for (let c = 0; c < g.channels; c++)
      for (let o = 0; o < outChannels; o++)
        (sums[(tap * g.channels + c) * outChannels + o] as number) +=
          at(x, input * g.channels + c) * at(dy, out * outChannels + o);
  });
  return sums;
}

export function depthwise(x: number[], filter: number[], multiplier: number, g: Geometry): number[] {
  const outChannels = g.channels * multiplier;
  const y = new Array<number>(g.batch * product(outputSize(g)) * outChannels).fill(0);
  taps(g, (_, out, input, tap) => {
    for (let c = 0; c < g.channels; c++)
      for (let m = 0; m < multiplier; m++)
        (y[out * outChannels + c * multiplier + m] as number) +=
          at(x, input * g.channels + c) * at(filter, (tap * g.channels + c) * multiplier + m);
  });
  return y;
}

export function maxPool(x: number[], g: Geometry): number[] {
  const y = new Array<number>(g.batch * product(outputSize(g)) * g.channels).fill(Number.NEGATIVE_INFINITY);
  taps(g, (_, out, input) => {
    for (let c = 0; c < g.channels; c++)
      y[out * g.channels + c] = Math.max(at(y, out * g.channels + c), at(x, input * g.channels + c));
  });
  return y;
}

/**
 * For each window and channel of a max pooling the index of the input that it takes: of the first largest number, of
 * the first cell where all are NaN, and undefined where it has no cell.
 */
export function maxPoolChoices(x: number[], g: Geometry): (number | undefined)[] {
  const choices = new Array<number | undefined>(g.batch * product(outputSize(g)) * g.channels).fill(undefined);
  taps(g, (_, out, input) => {
    for (let c = 0; c < g.channels; c++) {
      const index = input * g.channels + c;
      const sofar = choices[out * g.channels + c];
      const better = sofar === undefined || (Number.isNaN(at(x, sofar)) && !Number.isNaN(at(x, index)));
      if (better || at(x, index) > at(x, sofar as number)) choices[out * g.channels + c] = index;
    }
  });
  return choices;
}

/** The mean over the cells that lie inside the input. */
export function avgPool(x: number[], g: Geometry): number[] {
  const windows = g.batch * product(outputSize(g));
  const sums = new Array<number>(windows * g.channels).fill(0);
  const cells = new Array<number>(windows).fill(0);
  taps(g, (_, out, input) => {
    (cells[out] as number)++;
    for (let c = 0; c < g.channels; c++) (sums[out * g.channels + c] as number) += at(x, input * g.channels + c);
  });
  return sums.map((sum, i) => sum / at(cells, Math.floor(i / g.channels)));
}

/** Matrix product of [stackA, n, k] and [stackB, k, m]; a stack of one serves every matrix of the other. */
export function matMul(a: number[], b: number[], stackA: number, stackB: number, [n, k, m]: Triple): number[] {
  const y: number[] = [];
  for (let s = 0; s < Math.max(stackA, stackB); s++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += at(a, ((s % stackA) * n + i) * k + l) * at(b, ((s % stackB) * k + l) * m + j);
        y.push(sum);
      }
  return y;
}

/** Swaps the last two axes of [stack, rows, columns]. */
export function transposed(x: number[], rows: number, columns: number): number[] {
  return x.map((_, i) => {
    const matrix = Math.floor(i / (rows * columns));
    const column = Math.floor(i / rows) % columns;
    return at(x, (matrix * rows + (i % rows)) * columns + column);
  });
}

export function product(shape: readonly number[]): number {
  return shape.reduce((total, n) => total * n, 1);
}

export function at(values: ArrayLike<number>, i: number): number {
  const value = values[i];
  if (value === undefined) throw new RangeError(`${i} is outside 0…${values.length - 1}`);
  return value;
}
