import type { Column } from '../table.js';
import { rowKeys } from './row-keys.js';

/** Rows that may become part of a sample. */
export interface OfferedRows {
  readonly columns: readonly Pick<Column, 'exact'>[];
  readonly values: Float32Array;
  readonly lines: Int32Array;
}

/** Rows that a sample took, in the order in which they were offered. */
export interface SampledRows {
  readonly rows: number;
  /** `rows × columns`. */
  readonly values: Float32Array;
  /** Double precision for each column that needs it. */
  readonly exact: ReadonlyMap<number, Float64Array>;
  readonly lines: Int32Array;
  /** For each row its number among those that were offered, and among all rows of the file. */
  readonly numbers: Float64Array;
  readonly fileRows: Float64Array;
}

/**
 * Draws rows uniformly, without replacement, from a stream of unknown length: those with the smallest keys. Equal rows
 * offered in other portions give the same sample, and a smaller sample is a part of a larger one.
 */
export class RowSample {
  readonly #width: number;
  readonly #size: number;
  readonly #key: (row: number) => number;
  #values: Float32Array;
  readonly #exact = new Map<number, Float64Array>();
  readonly #lines: Int32Array;
  readonly #numbers: Float64Array;
  readonly #fileRows: Float64Array;
  readonly #keys: Float64Array;
  #rows = 0;
  #offered = 0;
  /** Rows with this key or a greater one have no place in the sample any more. */
  #limit = 1;

  /**
   * @param width numbers in a row
   * @param size rows to draw, at least 1
   */
  constructor(width: number, size: number, seed: number) {
    // Room for more than the sample, since each cut sorts all keys.
    const capacity = Math.ceil(size * 1.5) + 64;
    this.#width = width;
    this.#size = size;
    this.#key = rowKeys(seed, 'sample');
    this.#values = new Float32Array(capacity * width);
    this.#lines = new Int32Array(capacity);
    this.#numbers = new Float64Array(capacity);
    this.#fileRows = new Float64Array(capacity);
    this.#keys = new Float64Array(capacity);
  }

  /** Rows offered so far. */
  get offered(): number {
    return this.#offered;
  }

  /**
   * Offers the next rows.
   *
   * @param rows the indices of those that are offered
   * @param first number in the file of the row with index 0
   */
  offer(from: OfferedRows, rows: Int32Array, first: number): void {
    const width = this.#width;
    const wide = from.columns.flatMap(({ exact }, column) => (exact ? [{ exact, column }] : []));
    for (const row of rows) {
      const number = this.#offered++;
      const key = this.#key(number);
      if (key >= this.#limit) continue;
      if (this.#rows === this.#keys.length) this.#cut(this.#size);
      if (key >= this.#limit) continue;
      const at = this.#rows++;
      this.#values.set(from.values.subarray(row * width, (row + 1) * width), at * width);
      for (const { exact, column } of wide) this.#exactOf(column)[at] = exact[row] as number;
      this.#lines[at] = from.lines[row] as number;
      this.#numbers[at] = number;
      this.#fileRows[at] = first + row;
      this.#keys[at] = key;
    }
  }

  /**
   * Ends the sample.
   *
   * @param most rows; fewer than the size give a part of the sample
   */
  take(most: number): SampledRows {
    this.#cut(Math.min(most, this.#size));
    const rows = this.#rows;
    const width = this.#width;
    const values = this.#values.slice(0, rows * width);
    this.#values = new Float32Array();
    const exact = new Map(
      [...this.#exact].map(([column, kept]) => {
        // A row without an entry has a value that float32 holds well enough.
        const all = kept
          .slice(0, rows)
          .map((value, row) => (Number.isNaN(value) ? (values[row * width + column] as number) : value));
        return [column, all];
      }),
    );
    return {
      rows,
      values,
      exact,
      lines: this.#lines.slice(0, rows),
      numbers: this.#numbers.slice(0, rows),
      fileRows: this.#fileRows.slice(0, rows),
    };
  }

  #exactOf(column: number): Float64Array {
    let kept = this.#exact.get(column);
    if (!kept) {
      kept = new Float64Array(this.#keys.length).fill(Number.NaN);
      this.#exact.set(column, kept);
    }
    return kept;
  }

  /** Keeps the rows with the smallest keys, in their order. */
  #cut(size: number): void {
    if (this.#rows <= size) return;
    const sorted = this.#keys.slice(0, this.#rows).sort();
    this.#limit = sorted[size] as number;
    const width = this.#width;
    let kept = 0;
    for (let row = 0; row < this.#rows; row++) {
      if ((this.#keys[row] as number) >= this.#limit) continue;
      if (kept < row) {
        this.#values.copyWithin(kept * width, row * width, (row + 1) * width);
        for (const exact of this.#exact.values()) exact[kept] = exact[row] as number;
        this.#lines[kept] = this.#lines[row] as number;
        this.#numbers[kept] = this.#numbers[row] as number;
        this.#fileRows[kept] = this.#fileRows[row] as number;
        this.#keys[kept] = this.#keys[row] as number;
      }
      kept++;
    }
    for (const exact of this.#exact.values()) exact.fill(Number.NaN, kept);
    this.#rows = kept;
  }
}
