import { square } from '@lrfind/core';
import type { Table, WholeStatistics } from '../table.js';

/** Rows whose squares are taken together. */
const CHUNK_ROWS = 256;

/**
 * Statistics of numeric columns over blocks of rows, each seen once. The means have the bits that one sum over all rows
 * gives. Squares are taken around the mean of every 256 rows and then joined (Chan, Golub and LeVeque, 1983), so a large mean
 * costs no digits, and the result depends on the rows alone, not on how they are divided into blocks.
 */
export class RunningStatistics {
  readonly #columns: readonly number[];
  readonly #width: number;
  readonly #count: Float64Array;
  readonly #sum: Float64Array;
  readonly #centre: Float64Array;
  readonly #squares: Float64Array;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  /** The rows of the chunk that is not full. */
  readonly #chunk: Float64Array;
  #rows = 0;

  /**
   * @param columns indices of numeric columns
   * @param width columns of the table
   */
  constructor(columns: readonly number[], width: number) {
    const { length } = columns;
    this.#columns = columns;
    this.#width = width;
    this.#count = new Float64Array(length);
    this.#sum = new Float64Array(length);
    this.#centre = new Float64Array(length);
    this.#squares = new Float64Array(length);
    this.#least = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.#most = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.#chunk = new Float64Array(CHUNK_ROWS * length);
  }

  /** Adds rows of a block; missing values do not count. */
  add({ columns, values }: Pick<Table, 'columns' | 'values'>, rows: Int32Array): void {
    const chunk = this.#chunk;
    const wanted = Int32Array.from(this.#columns);
    const { length } = wanted;
    const wide = this.#columns.flatMap((column, i) => {
      const exact = columns[column]?.exact;
      return exact ? [{ i, exact }] : [];
    });
    const copyRow = (row: number, at: number) => {
      const start = row * this.#width;
      for (let i = 0; i < length; i++) chunk[at + i] = values[start + (wanted[i] as number)] as number;
      for (const { i, exact } of wide) chunk[at + i] = exact[row] as number;
    };
    for (const row of rows) {
      copyRow(row, this.#rows * length);
      this.#rows++;
      if (this.#rows === CHUNK_ROWS) this.#join();
    }
  }

  /** Joins the rows of the chunk to those before. */
  #join(): void {
    const rows = this.#rows;
    this.#rows = 0;
    const width = this.#columns.length;
    const chunk = this.#chunk;
    for (let i = 0; i < width; i++) {
      let [added, sum, least, most, all] = [
        0,
        0,
        this.#least[i] as number,
        this.#most[i] as number,
        this.#sum[i] as number,
      ];
      for (let at = i; at < rows * width; at += width) {
        const value = chunk[at] as number;
        if (Number.isNaN(value)) continue;
        added++;
        sum += value;
        all += value;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (added === 0) continue;
      const mean = sum / added;
      let squares = 0;
      for (let at = i; at < rows * width; at += width) {
        const value = chunk[at] as number;
        if (!Number.isNaN(value)) squares += square(value - mean);
      }
      const before = this.#count[i] as number;
      const total = before + added;
      const step = mean - (this.#centre[i] as number);
      this.#squares[i] = (this.#squares[i] as number) + squares + (step * step * before * added) / total;
      this.#centre[i] = (this.#centre[i] as number) + (step * added) / total;
      this.#count[i] = total;
      this.#sum[i] = all;
      this.#least[i] = least;
      this.#most[i] = most;
    }
  }

  /**
   * The statistics, once all rows are added.
   *
   * @param meaningOf what the numbers of a column are: themselves, 1 for what stands for 0 and the reverse, or no quantity
   */
  get(meaningOf: (column: number) => 'number' | 'flipped' | 'none' = () => 'number'): WholeStatistics {
    this.#join();
    const spread = (values: (i: number, flipped: boolean) => number) => {
      const all = new Float64Array(this.#width).fill(Number.NaN);
      for (const [i, column] of this.#columns.entries()) {
        const meaning = meaningOf(column);
        if (meaning !== 'none') all[column] = values(i, meaning === 'flipped');
      }
      return all;
    };
    const of = (values: Float64Array, other: Float64Array) =>
      spread((i, flipped) => (flipped ? 1 - (other[i] as number) : (values[i] as number)));
    return {
      mean: spread((i, flipped) => {
        const [sum, count] = [this.#sum[i] as number, this.#count[i] as number];
        return (flipped ? count - sum : sum) / count;
      }),
      deviation: spread((i) => Math.sqrt((this.#squares[i] as number) / (this.#count[i] as number))),
      least: of(this.#least, this.#most),
      most: of(this.#most, this.#least),
    };
  }
}
