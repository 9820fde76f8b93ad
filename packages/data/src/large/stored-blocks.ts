import type { Column, Table, TableBlocks, TableLayout } from '../table.js';
import type { BlockStore } from './block-store.js';
import type { OfferedRows } from './row-sample.js';

/** Where a block lies in its store. */
interface StoredBlock {
  readonly position: number;
  readonly rows: number;
  /** Number in the file of the block's first row. */
  readonly first: number;
  /** Columns that are stored in double precision as well. */
  readonly wide: readonly number[];
}

/** By text column: the categories, sorted, and for each in the order of first appearance its index among the sorted ones. */
export type SortedCategories = ReadonlyMap<number, { readonly names: readonly string[]; readonly index: Int32Array }>;

/** What turns stored rows into a table once all have been read. */
export interface StoredLayout extends TableLayout {
  readonly sorted: SortedCategories;
  readonly place: (row: number, line: number) => string;
}

/**
 * Puts rows into a store, in blocks of equal length; the last may be shorter. A block is the float32 values, the line of each
 * row, its number in the file after that of the first, and the columns that need double precision.
 */
export class BlockWriter {
  readonly #store: BlockStore;
  readonly #width: number;
  readonly #values: Float32Array;
  readonly #lines: Int32Array;
  readonly #offsets: Int32Array;
  #exact = new Map<number, Float64Array>();
  #first = 0;
  #rows = 0;
  readonly #blocks: StoredBlock[] = [];

  /**
   * @param width numbers in a row
   * @param length rows in a block
   */
  constructor(store: BlockStore, width: number, length: number) {
    this.#store = store;
    this.#width = width;
    this.#values = new Float32Array(length * width);
    this.#lines = new Int32Array(length);
    this.#offsets = new Int32Array(length);
  }

  /**
   * Adds rows.
   *
   * @param rows indices of those to add
   * @param first number in the file of the row with index 0
   */
  async add(from: OfferedRows, rows: Int32Array, first: number): Promise<void> {
    const width = this.#width;
    const wide = from.columns.flatMap(({ exact }, column) => (exact ? [{ exact, column }] : []));
    for (const row of rows) {
      const at = this.#rows++;
      if (at === 0) this.#first = first + row;
      this.#values.set(from.values.subarray(row * width, (row + 1) * width), at * width);
      for (const { exact, column } of wide) this.#exactOf(column)[at] = exact[row] as number;
      this.#lines[at] = from.lines[row] as number;
      this.#offsets[at] = first + row - this.#first;
      if (this.#rows === this.#lines.length) await this.#flush();
    }
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    if (this.#rows > 0) await this.#flush();
  }

  /** The blocks, once all are written. */
  open(layout: StoredLayout): TableBlocks {
    const [store, blocks, width] = [this.#store, this.#blocks, this.#width];
    return {
      lengths: blocks.map(({ rows }) => rows),
      read: (block) => readBlock(store, blocks[block] as StoredBlock, width, layout),
      close: () => store.close(),
    };
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    const wide = [...this.#exact.keys()];
    const parts = [
      this.#values.subarray(0, rows * this.#width),
      this.#lines.subarray(0, rows),
      this.#offsets.subarray(0, rows),
      ...[...this.#exact.values()].map((values) => values.subarray(0, rows)),
    ];
    const bytes = parts.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
    this.#blocks.push({ position: await this.#store.append(bytes), rows, first: this.#first, wide });
    this.#exact = new Map();
    this.#rows = 0;
  }

  #exactOf(column: number): Float64Array {
    let kept = this.#exact.get(column);
    if (!kept) {
      kept = new Float64Array(this.#lines.length).fill(Number.NaN);
      this.#exact.set(column, kept);
    }
    return kept;
  }
}

async function readBlock(
  store: BlockStore,
  { position, rows, first, wide }: StoredBlock,
  width: number,
  { source, columns, sorted, place }: StoredLayout,
): Promise<Table> {
  const bytes = await store.read(position, rows * (4 * width + 8 + 8 * wide.length));
  let at = 0;
  /** A copy, whose start any typed array may begin at. */
  const part = (length: number) => {
    at += length;
    return bytes.slice(at - length, at).buffer;
  };
  const values = new Float32Array(part(4 * rows * width));
  const lines = new Int32Array(part(4 * rows));
  const offsets = new Int32Array(part(4 * rows));
  const exact = new Map(
    wide.map((column) => [column, filledIn(new Float64Array(part(8 * rows)), values, column, width)]),
  );
  recode(values, width, sorted);
  return {
    source,
    rows,
    columns: withCategories(
      columns.map((column, i) => {
        const own = exact.get(i);
        return { ...column, ...(own && { exact: own }) };
      }),
      sorted,
    ),
    values,
    place: (row) => place(first + (offsets[row] as number), lines[row] as number),
  };
}

/** A row without an entry has a value that float32 holds well enough. */
function filledIn(exact: Float64Array, values: Float32Array, column: number, width: number): Float64Array {
  for (let row = 0; row < exact.length; row++)
    if (Number.isNaN(exact[row])) exact[row] = values[row * width + column] as number;
  return exact;
}

/**
 * Replaces the categories' numbers, in the order of first appearance, by their indices among the sorted ones.
 *
 * @param values `rows × width`, changed in place
 */
export function recode(values: Float32Array, width: number, sorted: SortedCategories): void {
  for (const [column, { index }] of sorted) {
    for (let at = column; at < values.length; at += width) {
      const code = values[at] as number;
      if (!Number.isNaN(code)) values[at] = index[code] as number;
    }
  }
}

/** The columns with their categories. */
export function withCategories(columns: readonly Column[], sorted: SortedCategories): Column[] {
  return columns.map((column, i) => {
    const categories = sorted.get(i)?.names;
    if (!categories) return column;
    const { exact: _, ...own } = column;
    return { ...own, categories };
  });
}
