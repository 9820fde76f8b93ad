import { counted, notAllowed, quotedList } from '@lrfind/core';
import type { Table } from '../table.js';
import { columnDeviation, columnMeans, columnRanges } from './column-statistics.js';

/**
 * How to scale numeric features: `standard` to mean 0 and standard deviation 1, `minmax` to the range from 0 to 1,
 * `none` not at all, or a number above 0 by which to divide.
 */
export type Scale = 'standard' | 'minmax' | 'none' | number;

const scales: readonly Scale[] = ['standard', 'minmax', 'none'];

/** A linear map for each column: `(value − shift) / spread`. */
export interface FeatureScaling {
  readonly shift: Float64Array;
  readonly spread: Float64Array;
  /** Replaces a missing value: the column's mean, already scaled. */
  readonly fill: Float64Array;
  /** What was scaled, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Fits the scaling of numeric features. With `standard` and `minmax` a constant column becomes 0.
 *
 * @param table the table
 * @param columns indices of its numeric feature columns
 * @param rows indices of the rows that give the means and ranges
 * @param scale how to scale
 * @throws InputError for an unknown scale, and for a divisor that is not a number above 0
 */
export function featureScaling(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  scale: Scale,
): FeatureScaling {
  const known = typeof scale === 'number' ? scale > 0 && Number.isFinite(scale) : scales.includes(scale);
  if (!known) throw notAllowed('scale', `${scales.join(', ')} or a divisor above 0`, scale);
  const mean = columnMeans(table, columns, rows);
  const constant: string[] = [];
  const fillOf = (shift: Float64Array, spread: Float64Array) =>
    mean.map((value, i) => (value - (shift[i] as number)) / (spread[i] as number));
  if (scale !== 'standard' && scale !== 'minmax') {
    const shift = new Float64Array(columns.length);
    const spread = new Float64Array(columns.length).fill(scale === 'none' ? 1 : scale);
    return { shift, spread, fill: fillOf(shift, spread), notes: scalingNotes(columns.length, constant, scale) };
  }
  const { least, most } = columnRanges(table, columns, rows);
  const range = most.map((value, i) => value - (least[i] as number));
  const shift = scale === 'standard' ? mean.slice() : least;
  const spread = scale === 'standard' ? columnDeviation(table, columns, rows, mean) : range.slice();
  const fill = fillOf(shift, spread);
  for (const [i, column] of columns.entries()) {
    if (range[i] !== 0) continue;
    // Uses the only value rather than the mean, which may carry a rounding error.
    shift[i] = least[i] as number;
    spread[i] = 1;
    fill[i] = 0;
    constant.push(table.columns[column]?.name ?? '');
  }
  return { shift, spread, fill, notes: scalingNotes(columns.length, constant, scale) };
}

function scalingNotes(columns: number, constant: readonly string[], scale: Scale): string[] {
  if (columns === 0 || scale === 'none') return [];
  const numeric = counted(columns, 'numeric column');
  const notes: string[] = [];
  if (scale === 'standard') notes.push(`${numeric} scaled to mean 0 and standard deviation 1`);
  else if (scale === 'minmax') notes.push(`${numeric} scaled to the range from 0 to 1`);
  else notes.push(`${numeric} divided by ${scale}`);
  if (constant.length > 0)
    notes.push(`${counted(constant.length, 'constant column')} set to 0: ${quotedList(constant)}`);
  return notes;
}
