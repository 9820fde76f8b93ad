import type { TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, util } from '@tensorflow/tfjs-core';
import { floats, type KernelCall, sizeOf } from './heap.js';
import { stock } from './stock.js';

/**
 * Sum over axes. The stock kernel transposes the whole tensor first unless the axes are the last ones; the gradient of
 * every bias sums over the first ones. It also adds up in float32, one after the other, which loses digits over the
 * 100,000 positions of a batch of images; here the sums are float64.
 */
export function sum({
  inputs: { x },
  backend,
  attrs,
}: KernelCall<'x', { axis: number | number[]; keepDims: boolean }>): TensorInfo {
  const axes = util.parseAxisParam(attrs.axis, x.shape).sort((a, b) => a - b);
  const rank = x.shape.length;
  const leading = axes.every((axis, i) => axis === i);
  const trailing = axes.every((axis, i) => axis === rank - axes.length + i);
  if (x.dtype !== 'float32' || !(leading || trailing)) return stock('Sum', backend, { x }, attrs);
  const [shape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const outShape = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
  const result = backend.makeOutput(outShape, 'float32');
  const sumUp = trailing ? sumRows : sumColumns;
  sumUp(floats(backend, x), sizeOf(reduced), floats(backend, result));
  return result;
}

/** Sums every row of `length` values. */
function sumRows(values: Float32Array, length: number, sums: Float32Array): void {
  for (let row = 0, p = 0; row < sums.length; row++) {
    let total = 0;
    for (const end = p + length; p < end; p++) total += values[p] as number;
    sums[row] = total;
  }
}

/** Sums the columns of `rows` rows. */
function sumColumns(values: Float32Array, rows: number, sums: Float32Array): void {
  const columns = sums.length;
  const totals = new Float64Array(columns);
  // Four rows at a time: a quarter of the trips to the totals, twice as fast.
  const inFours = rows - (rows % 4);
  for (let row = 0, p = 0; row < inFours; row += 4, p += 3 * columns) {
    for (let column = 0; column < columns; column++, p++) {
      const upper = (values[p] as number) + (values[p + columns] as number);
      const lower = (values[p + 2 * columns] as number) + (values[p + 3 * columns] as number);
      (totals[column] as number) += upper + lower;
    }
  }
  for (let p = inFours * columns; p < values.length; p++) (totals[p % columns] as number) += values[p] as number;
  sums.set(totals);
}
