import { square } from '@lrfind/core';
import { rowReader, type Table } from '../table.js';

/** Statistics of columns, without their missing values: one number for each column. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * The mean and range of columns, computed in double precision. A column without any value has mean NaN. Of a sample, those of
 * the whole table.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows to use
 */
export function columnStatistics(table: Table, columns: readonly number[], rows: Int32Array): ColumnStatistics {
  if (table.whole) {
    const { mean, least, most } = table.whole.statistics;
    return { mean: pick(mean, columns), least: pick(least, columns), most: pick(most, columns) };
  }
  const read = rowReader(table, columns);
  const width = columns.length;
  const count = new Float64Array(width);
  const sum = new Float64Array(width);
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  // V8 optimises one function per row better than nested loops.
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
 * The population standard deviation of columns (the squares are divided by n, not n − 1), computed in double precision.
 * Squares are taken around the mean, so a large mean costs no digits. Of a sample, that of the whole table.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows to use
 * @param mean the means of the columns
 */
export function columnDeviation(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  mean: Float64Array,
): Float64Array {
  if (table.whole) return pick(table.whole.statistics.deviation, columns);
  const read = rowReader(table, columns);
  const count = new Float64Array(columns.length);
  const squares = new Float64Array(columns.length);
  const add = (values: Float64Array) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      count[i] = (count[i] as number) + 1;
      squares[i] = (squares[i] as number) + square(value - (mean[i] as number));
    }
  };
  for (const row of rows) add(read(row));
  return squares.map((sum, i) => Math.sqrt(sum / (count[i] as number)));
}

function pick(values: Float64Array, columns: readonly number[]): Float64Array {
  return Float64Array.from(columns, (column) => values[column] as number);
}
