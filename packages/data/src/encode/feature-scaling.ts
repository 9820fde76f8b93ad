import { InputError, counted, quotedList } from '@lrfind/core';
import type { Table } from '../table.js';
import { columnDeviation, columnStatistics } from './column-statistics.js';

/**
 * How numeric features are scaled: to mean 0 and standard deviation 1, to the range from 0 to 1, not at all, or by
 * division by a number above 0.
 */
export type Scale = 'standard' | 'minmax' | 'none' | number;

/** A linear map for each column, in the order they were named: `(value − shift) / spread`. */
export interface FeatureScaling {
  readonly shift: Float64Array;
  readonly spread: Float64Array;
  /** What stands for a missing value: the column's mean, already scaled. */
  readonly fill: Float64Array;
  readonly notes: readonly string[];
}

/**
 * Works out how numeric features are scaled. A constant column becomes 0 under `standard` and `minmax`.
 *
 * @param table the table
 * @param columns indices of its numeric feature columns
 * @param rows indices of the rows from which means and ranges are taken
 * @param scale how to scale
 * @throws InputError when the divisor is not a number above 0
 */
export function featureScaling(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  scale: Scale,
): FeatureScaling {
  if (typeof scale === 'number' && !(scale > 0 && Number.isFinite(scale)))
    throw new InputError(`scale: a divisor must be a number above 0, not ${scale}`);
  if (typeof scale !== 'number' && !['standard', 'minmax', 'none'].includes(scale))
    throw new InputError(`scale must be standard, minmax, none or a divisor above 0; got ${JSON.stringify(scale)}`);
  const { mean, least, most } = columnStatistics(table, columns, rows);
  const range = most.map((value, i) => value - (least[i] as number));
  const spreadOf = () => {
    if (scale === 'standard') return columnDeviation(table, columns, rows, mean);
    return scale === 'minmax' ? range : new Float64Array(columns.length).fill(scale === 'none' ? 1 : scale);
  };
  const constant: string[] = [];
  const shift = scale === 'standard' ? mean.slice() : scale === 'minmax' ? least : new Float64Array(columns.length);
  const spread = spreadOf();
  const fill = mean.map((value, i) => (value - (shift[i] as number)) / (spread[i] as number));
  if (scale === 'standard' || scale === 'minmax') {
    for (const [i, column] of columns.entries()) {
      if (range[i] !== 0) continue;
      // Around its only value and not its mean, which rounding may have moved.
      shift[i] = least[i] as number;
      spread[i] = 1;
      fill[i] = 0;
      constant.push(table.columns[column]?.name ?? '');
    }
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
