import type { CellColumn } from '../cells/cell.js';

/** An array of a file that holds several, rows first, without its values. */
export interface ArrayShape {
  readonly name: string;
  /** The first length is the rows. */
  readonly shape: readonly number[];
  /** Only for dates and times: what they count. */
  readonly moments?: CellColumn['moments'];
}

/** An array of a file that holds several, rows first. */
export interface NamedArray extends ArrayShape {
  /** Row-major, as many as the product of the shape. */
  readonly values: CellColumn['cells'];
}
