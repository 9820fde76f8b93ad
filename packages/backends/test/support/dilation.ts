import * as naive from './naive.js';
import type { Random } from './random.js';

/** A dilated convolution without strides. */
export interface DilatedGeometry {
  /** The geometry of the plain convolution with zeros between the values of the filter. */
  plain: naive.Geometry;
  filter: naive.Triple;
  dilation: naive.Triple;
}

/** A random dilated convolution; 2-D ones have a depth of 1. */
export function randomDilated({ integer, pick }: Random, dimensions: 2 | 3): DilatedGeometry {
  const triple = (high: number) =>
    [0, 1, 2].map((axis) => (dimensions === 2 && axis === 0 ? 1 : integer(1, high))) as naive.Triple;
  const filter = triple(3);
  const dilation = triple(3);
  const dilated = filter.map((n, axis) => (n - 1) * naive.at(dilation, axis) + 1) as naive.Triple;
  const input = dilated.map((n, axis) => (dimensions === 2 && axis === 0 ? 1 : integer(n, n + 2))) as naive.Triple;
  const pad = pick(['valid', 'same'] as const);
  return {
    plain: { batch: integer(1, 3), channels: integer(1, 3), input, filter: dilated, stride: [1, 1, 1], pad },
    filter,
    dilation,
  };
}

/** The filter's values with zeros between them; each position has `inner` values. */
export function withZeros(values: number[], { filter, dilation, plain }: DilatedGeometry, inner: number): number[] {
  const result = new Array<number>(naive.product(plain.filter) * inner).fill(0);
  for (let z = 0, from = 0; z < filter[0]; z++)
    for (let y = 0; y < filter[1]; y++)
      for (let x = 0; x < filter[2]; x++)
        for (let i = 0; i < inner; i++, from++) {
          const row = z * dilation[0] * plain.filter[1] + y * dilation[1];
          result[(row * plain.filter[2] + x * dilation[2]) * inner + i] = naive.at(values, from);
        }
  return result;
}
