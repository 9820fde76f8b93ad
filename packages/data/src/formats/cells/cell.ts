import type { TimeUnit } from './date-text.js';

/**
 * A value as a format with types has it. `null`, `undefined` and NaN are missing values, and so is a text that stands for one
 * in a CSV file.
 */
export type Cell = number | bigint | boolean | string | null | undefined;

/** A column as a format with types has it. */
export interface CellColumn {
  readonly name: string;
  /** One for each row, or more where columns share them. A typed array holds numbers, of which NaN is missing. */
  readonly cells: ArrayLike<Cell> | BigInt64Array | BigUint64Array;
  /** Where the first row's cell lies in `cells`. Default: 0. */
  readonly from?: number;
  /** How far the next row's cell lies after it. Default: 1. */
  readonly step?: number;
  /** Only for dates and times: what the cells count since 1970, as bigints. */
  readonly moments?: Moments | undefined;
}

/** What a column of dates or times counts. */
export interface Moments {
  readonly unit: TimeUnit;
  /** Whether they are moments in UTC rather than what a clock showed. */
  readonly zoned: boolean;
}

/** The text of a cell, as a CSV file would have it; empty for a missing one. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell.trim();
  return typeof cell === 'number' && Number.isNaN(cell) ? '' : String(cell);
}

/**
 * The shortest decimal that float32 reads as this number: 0.1 for what double precision shows as 0.10000000149011612. It is
 * what other formats hold of the same number.
 */
export function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) return String(shortest);
  }
  return String(Number(value.toPrecision(9)));
}
