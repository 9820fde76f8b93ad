import { matMul, reshape, type Tensor, tensor2d, transpose } from '@tensorflow/tfjs-core';

/** What a value at a distance counts, by Keras's names of interpolations; distances are in places of the input. */
const KERNELS: Readonly<Record<string, (distance: number) => number>> = {
  bilinear: (x) => Math.max(0, 1 - x),
  bicubic: (x) => (x >= 2 ? 0 : x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1),
  lanczos3: (x) => lanczos(x, 3),
  lanczos5: (x) => lanczos(x, 5),
};

/** Interpolations of images. */
export const interpolations = ['nearest', ...Object.keys(KERNELS)];

function lanczos(x: number, radius: number): number {
  if (x > radius) return 0;
  return x > 1e-3 ? (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2 : 1;
}

/**
 * The matrix that resizes an axis, by half-pixel centres: rows are places of the output. It is a constant, so that resizing is a
 * product, with a gradient for every interpolation.
 */
export function resizeMatrix(from: number, to: number, interpolation: string): number[][] {
  return Array.from({ length: to }, (_, i) => {
    const at = ((i + 0.5) * from) / to - 0.5;
    if (interpolation === 'nearest') {
      const nearest = Math.floor(((i + 0.5) * from) / to);
      return Array.from({ length: from }, (__, j) => (j === nearest ? 1 : 0));
    }
    const kernel = KERNELS[interpolation] as (distance: number) => number;
    const weights = Array.from({ length: from }, (__, j) => kernel(Math.abs(at - j)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}

/** A tensor with an axis replaced by its products with the rows of a matrix. */
export function alongAxis(x: Tensor, axis: number, matrix: number[][]): Tensor {
  const order = [...x.shape.keys()].filter((each) => each !== axis);
  order.push(axis);
  const last = transpose(x, order);
  const rows = reshape(last, [-1, x.shape[axis] as number]);
  const made = matMul(rows, tensor2d(matrix), false, true);
  const shape = [...last.shape.slice(0, -1), matrix.length];
  return transpose(
    reshape(made, shape),
    order.map((_, i) => order.indexOf(i)),
  );
}
