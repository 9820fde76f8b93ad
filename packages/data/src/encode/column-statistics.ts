import { rowReader, type Table } from '../table.js';

/** Statistics of columns over the values that are there; one number for each column, in the order they were named. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * Mean and range of columns, computed in double precision.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows that count
 */
export function columnStatistics(table: Table, columns: readonly number[], rows: Int32Array): ColumnStatistics {
  const read = rowReader(table, columns);
  const width = columns.length;
  const count = new Float64Array(width);
  const sum = new Float64Array(width);
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  // A function for each row: V8 compiles it better than the same loop inside the next.
  const add = (values: Float64Array) => {
    for (let i = 0; i < width; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      count[i] = (count[i] as number) + 1;
      sum[i] = (sum[i] as number) + value;
      if (value < (least[i] as number)) least[i] = value;
      if (value > (most[i] as number)) most[i] = value;
    }
  };
  for (const row of rows) add(read(row));
  return { mean: sum.map((total, i) => total / (count[i] as number)), least, most };
}

/**
 * Population standard deviation of columns (divided by the count, not by the count less one), in double precision and
 * around their means, so that a large mean costs no digits.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows that count
 * @param mean the columns' means
 */
export function columnDeviation(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  mean: Float64Array,
): Float64Array {
  const read = rowReader(table, columns);
  const count = new Float64Array(columns.length);
  const squares = new Float64Array(columns.length);
  const add = (values: Float64Array) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      count[i] = (count[i] as number) + 1;
      squares[i] = (squares[i] as number) + (value - (mean[i] as number)) ** 2;
    }
  };
  for (const row of rows) add(read(row));
  return squares.map((sum, i) => Math.sqrt(sum / (count[i] as number)));
}
