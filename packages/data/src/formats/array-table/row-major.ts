import type { CellColumn } from '../cells/cell.js';

/**
 * Values in C order, the last index fastest, of values in Fortran order, the first index fastest.
 *
 * @param values as many as the product of the shape
 */
export function rowMajor(values: CellColumn['cells'], shape: readonly number[]): CellColumn['cells'] {
  if (shape.length < 2) return values;
  const sorted: { length: number; [index: number]: unknown } = ArrayBuffer.isView(values)
    ? new (values.constructor as new (length: number) => Float32Array)(values.length)
    : new Array(values.length);
  // How far apart in `values` two neighbours along each axis are.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = new Int32Array(shape.length);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    sorted[to] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (index[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return sorted as CellColumn['cells'];
}
