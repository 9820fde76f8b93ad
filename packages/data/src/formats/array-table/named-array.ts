import type { CellColumn } from '../cells/cell.js';

/** An array of a file that holds several, rows first. */
export interface NamedArray {
  readonly name: string;
  /** The first length is the rows. */
  readonly shape: readonly number[];
  /** Row-major, as many as the product of the shape. */
  readonly values: CellColumn['cells'];
}
