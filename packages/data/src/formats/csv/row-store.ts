import { InputError } from '@lrfind/core';

/** Float32 holds every integer up to this one. Larger numbers must also be passed to `keepExact`. */
export const EXACT_LIMIT = 2 ** 24;

/** The rows of a table while it is read: growing arrays, and a double-precision copy of the columns that need one. */
export class RowStore {
  /** `capacity × width` numbers, row after row; `grow` replaces the array. */
  values: Float32Array;
  /** For each row the line on which it starts; `grow` replaces the array. */
  lines: Int32Array;
  /** Rows stored so far. */
  rows = 0;
  /** Rows of the file before those that are stored. */
  first = 0;
  /** Double-precision values by column; NaN where `values` holds the number exactly enough. */
  readonly #exact = new Map<number, Float64Array>();

  constructor(
    readonly width: number,
    public capacity: number,
  ) {
    this.values = new Float32Array(capacity * width);
    this.lines = new Int32Array(capacity);
  }

  /** Stores a number in double precision. */
  keepExact(row: number, column: number, value: number): void {
    let kept = this.#exact.get(column);
    if (!kept) {
      kept = new Float64Array(this.capacity).fill(Number.NaN);
      this.#exact.set(column, kept);
    }
    kept[row] = value;
  }

  /** Forgets the rows, to make room for those that follow them in the file. */
  clear(): void {
    this.first += this.rows;
    this.rows = 0;
    this.#exact.clear();
  }

  /**
   * Makes room for more rows.
   *
   * @param expected the estimated number of rows of the file, or 0 when it is unknown
   * @param most more are not needed
   * @throws InputError when memory does not suffice
   */
  grow(expected: number, most = Number.POSITIVE_INFINITY): void {
    const capacity = Math.ceil(
      Math.min(most, expected > this.capacity ? Math.max(expected, this.capacity * 1.125) : this.capacity * 2),
    );
    try {
      this.values = enlarged(this.values, new Float32Array(capacity * this.width));
      this.lines = enlarged(this.lines, new Int32Array(capacity));
      for (const [column, kept] of this.#exact)
        this.#exact.set(column, enlarged(kept, new Float64Array(capacity).fill(Number.NaN)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new InputError(`not enough memory for ${capacity} rows of ${this.width} columns: use fewer rows`);
    }
    this.capacity = capacity;
  }

  /** The column in double precision; `undefined` if float32 holds all its values. */
  exact(column: number): Float64Array | undefined {
    const kept = this.#exact.get(column)?.subarray(0, this.rows);
    if (kept) {
      for (let row = 0; row < this.rows; row++)
        if (Number.isNaN(kept[row])) kept[row] = this.values[row * this.width + column] as number;
    }
    return kept;
  }
}

function enlarged<T extends Float32Array | Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
