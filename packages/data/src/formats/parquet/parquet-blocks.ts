import type { SchemaTree } from 'hyparquet';
import type { CellColumn } from '../cells/cell.js';
import type { CellBlock } from '../cells/cell-blocks.js';
import { BLOCK_NUMBERS } from '../cells/stream-of-cells.js';
import { momentsOf, pageCells } from './column-cells.js';
import { type ColumnChunk, columnPages, type ReadBytes } from './column-pages.js';

/** Bytes that are read at once, of all columns together, and of one of them. */
const WINDOW_BYTES = 2 ** 26;
const COLUMN_WINDOWS = [2 ** 16, 2 ** 22] as const;

/** A column of a file. */
export interface ParquetColumn {
  readonly name: string;
  /** The schema from its root to the column. */
  readonly path: SchemaTree[];
  /** Its part of each row group. */
  readonly chunks: readonly ColumnChunk[];
}

/**
 * The rows of a file in blocks. Of each column a page is in memory, wherever its pages begin and end.
 *
 * @param guarded runs what reads a column, to say of which one an error is
 */
export async function* parquetBlocks(
  read: ReadBytes,
  columns: readonly ParquetColumn[],
  rows: number,
  guarded: (column: string, read: () => Promise<void>) => Promise<void>,
): AsyncGenerator<CellBlock> {
  const [least, most] = COLUMN_WINDOWS;
  const window = Math.min(most, Math.max(least, Math.floor(WINDOW_BYTES / columns.length)));
  const reads = withRowGroups(read, columns);
  const cursors = columns.map((column) => new ColumnCursor(reads, column, window));
  const largest = Math.max(1, Math.floor(BLOCK_NUMBERS / columns.length));
  for (let done = 0; done < rows; ) {
    let length = Math.min(largest, rows - done);
    for (const cursor of cursors) {
      if (cursor.left === 0) await guarded(cursor.column.name, () => cursor.next());
      length = Math.min(length, cursor.left);
    }
    done += length;
    yield { rows: length, columns: cursors.map((cursor) => cursor.take(length)), fraction: done / rows };
  }
}

/** Row groups that are in memory at once: columns go on from one to the next at about the same time. */
const GROUPS_HELD = 2;

/** Reads small row groups as a whole, since opening the file for each of many columns takes longer than reading it. */
function withRowGroups(read: ReadBytes, columns: readonly ParquetColumn[]): ReadBytes {
  const [first] = columns;
  const groups = (first?.chunks ?? []).map((_, i) => {
    const chunks = columns.map(({ chunks: own }) => own[i] as ColumnChunk);
    return {
      from: chunks.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
      to: chunks.reduce((most, { to }) => Math.max(most, to), 0),
    };
  });
  const held = new Map<number, Promise<ArrayBuffer>>();
  return async (from, to) => {
    const index = groups.findIndex(
      (group) => from >= group.from && to <= group.to && group.to - group.from <= WINDOW_BYTES,
    );
    const group = groups[index];
    if (!group) return read(from, to);
    const bytes = held.get(index) ?? read(group.from, group.to);
    held.set(index, bytes);
    if (held.size > GROUPS_HELD) held.delete(Math.min(...held.keys()));
    return (await bytes).slice(from - group.from, to - group.from);
  };
}

/** Where the reading of a column is. */
class ColumnCursor {
  readonly column: ParquetColumn;
  readonly #pages: AsyncGenerator<CellColumn['cells']>;
  readonly #moments: CellColumn['moments'];
  #cells: CellColumn['cells'] = [];
  #at = 0;

  constructor(read: ReadBytes, column: ParquetColumn, window: number) {
    const { element } = column.path.at(-1) as SchemaTree;
    this.column = column;
    this.#moments = momentsOf(element);
    const isMoment = this.#moments !== undefined;
    this.#pages = (async function* () {
      for (const chunk of column.chunks)
        for await (const values of columnPages(read, chunk, column.path, window))
          yield pageCells(element, values, isMoment);
    })();
  }

  /** Values of the page that are left. */
  get left(): number {
    return this.#cells.length - this.#at;
  }

  /** Goes on to the next page that has values. */
  async next(): Promise<void> {
    while (this.left === 0) {
      const { value, done } = await this.#pages.next();
      if (done) throw new Error('it has fewer values than rows');
      this.#cells = value;
      this.#at = 0;
    }
  }

  take(count: number): CellColumn {
    const from = this.#at;
    this.#at += count;
    const { name } = this.column;
    return { name, cells: this.#cells, from, ...(this.#moments && { moments: this.#moments }) };
  }
}
