import { rowReader, type Table, type WholeStatistics } from '../table.js';

/**
 * Statistics of numeric columns over blocks of rows, each seen once. The means have the bits that one sum over all rows
 * gives. Squares are taken around the mean of each block and then joined (Chan, Golub and LeVeque, 1983), so a large mean
 * costs no digits.
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
  }

  /** Adds rows of a block; missing values do not count. */
  add(block: Pick<Table, 'columns' | 'values'>, rows: Int32Array): void {
    const read = rowReader(block as Table, this.#columns);
    const width = this.#columns.length;
    const [count, sum, least, most] = [this.#count, this.#sum, this.#least, this.#most];
    const blockCount = new Float64Array(width);
    const mean = new Float64Array(width);
    const squares = new Float64Array(width);
    // V8 optimises one function per row better than nested loops.
    const sumRow = (values: Float64Array) => {
      for (let i = 0; i < width; i++) {
        const value = values[i] as number;
        if (Number.isNaN(value)) continue;
        blockCount[i] = (blockCount[i] as number) + 1;
        mean[i] = (mean[i] as number) + value;
        sum[i] = (sum[i] as number) + value;
        if (value < (least[i] as number)) least[i] = value;
        if (value > (most[i] as number)) most[i] = value;
      }
    };
    for (const row of rows) sumRow(read(row));
    for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) / Math.max(1, blockCount[i] as number);
    const squareRow = (values: Float64Array) => {
      for (let i = 0; i < width; i++) {
        const value = values[i] as number;
        if (!Number.isNaN(value)) squares[i] = (squares[i] as number) + (value - (mean[i] as number)) ** 2;
      }
    };
    for (const row of rows) squareRow(read(row));
    for (let i = 0; i < width; i++) {
      const added = blockCount[i] as number;
      if (added === 0) continue;
      const before = count[i] as number;
      const total = before + added;
      const step = (mean[i] as number) - (this.#centre[i] as number);
      this.#squares[i] = (this.#squares[i] as number) + (squares[i] as number) + (step * step * before * added) / total;
      this.#centre[i] = (this.#centre[i] as number) + (step * added) / total;
      count[i] = total;
    }
  }

  /**
   * The statistics so far.
   *
   * @param meaningOf what the numbers of a column are: themselves, 1 for what stands for 0 and the reverse, or no quantity
   */
  get(meaningOf: (column: number) => 'number' | 'flipped' | 'none' = () => 'number'): WholeStatistics {
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
