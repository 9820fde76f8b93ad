import { InputError } from '@lrfind/core';
import type { Column, Table } from '../../table.js';
import { sortCategories } from '../csv/column-values.js';
import { RowStore } from '../csv/row-store.js';
import type { ReadTableOptions } from '../format.js';
import { type CellBlock, type CellStream, firstBlocks, noRows } from './cell-blocks.js';
import { CellReader, type CellRows } from './cell-reader.js';
import { checkColumnNames } from './column-names.js';
import { TextReader } from './column-reader.js';

/** Rows as a format with types has them, column by column. */
export interface CellTable extends CellRows {
  /** What messages call the table, such as its path. */
  readonly source: string;
  /** Where a row is in the file: `row 12`, `line 13`. */
  readonly place: (row: number) => string;
  /** What the reader assumed, in sentences. */
  readonly notes?: readonly string[];
}

/**
 * Makes a table of columns whose values have types. What a cell says counts, not how a format spells it, so that the same
 * rows give the same table in every format: text that is a number in a CSV file is one here, a boolean is 1 or 0, and a whole
 * number beyond 2^53 becomes the nearest double.
 *
 * @param given its columns, each of `rows` cells
 * @param options `categorical` and `like` decide the kinds of columns as they do for a CSV file
 * @throws InputError naming the row and the column, for a number that float32 cannot hold, infinity, and a word among
 *   numbers; and for no rows, no columns, and names that are empty or repeated
 */
export function tableOfCells(given: CellTable, options: ReadTableOptions): Table {
  const { source, rows, columns, place, notes } = given;
  const names = checkColumnNames(
    source,
    columns.map(({ name }) => name),
  );
  if (rows === 0) throw noRows(source, names);
  const growing = new GrowingTable(source, names, new CellReader(source, names, [given], options), rows);
  growing.add({ rows, columns, fraction: 1 }, place);
  options.onProgress?.({ fraction: 1, rows });
  return { ...growing.end(place), ...(notes && notes.length > 0 && { notes }) };
}

/**
 * The same of a table whose cells come in blocks.
 *
 * @param given its blocks, which it ends
 * @param rows how many they have, if that is known
 */
export async function tableOfBlocks(given: CellStream, options: ReadTableOptions, rows = 0): Promise<Table> {
  const { source, place, notes, groups, defaultTarget } = given;
  const { names, start, blocks } = await firstBlocks(given);
  try {
    const growing = new GrowingTable(source, names, new CellReader(source, names, start, options), rows);
    for await (const block of blocks) {
      const first = growing.rows;
      growing.add(block, (row) => place(first + row, block.lines?.[row] ?? 0));
      options.onProgress?.({ fraction: block.fraction, rows: growing.rows });
    }
    return {
      ...growing.end(place),
      ...(groups && { groups }),
      ...(defaultTarget !== undefined && { defaultTarget }),
      ...(notes && notes.length > 0 && { notes }),
    };
  } finally {
    await given.blocks.return(undefined);
  }
}

/** A table while its cells are read. */
class GrowingTable {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #reader: CellReader;
  readonly #store: RowStore;

  /** @param rows for which there is room at the start */
  constructor(source: string, names: readonly string[], reader: CellReader, rows: number) {
    this.#source = source;
    this.#names = names;
    this.#reader = reader;
    this.#store = this.#withMemory(rows, () => new RowStore(names.length, rows));
  }

  get rows(): number {
    return this.#store.rows;
  }

  /** @param at where a row of the block is in the file */
  add({ rows, columns, fraction, lines }: CellBlock, at: (row: number) => string): void {
    const store = this.#store;
    const [before, needed] = [store.rows, store.rows + rows];
    const expected = fraction > 0 ? Math.ceil(needed / fraction) : 0;
    while (store.capacity < needed) this.#withMemory(needed, () => store.grow(Math.max(expected, needed)));
    this.#reader.read(columns, { from: 0, to: rows, store, at });
    for (let row = 0; lines && row < rows; row++) store.lines[before + row] = lines[row] as number;
  }

  end(place: (row: number, line: number) => string): Table {
    const store = this.#store;
    const { rows, width, lines } = store;
    const values = store.values.subarray(0, rows * width);
    const columns = this.#reader.columns(this.#names).map((column, i): Column => {
      const own = this.#reader.readers[i];
      if (own instanceof TextReader) return { ...column, categories: sortedCategories(own, values, width, i) };
      const exact = store.exact(i);
      return { ...column, ...(exact && { exact }) };
    });
    return { source: this.#source, rows, columns, values, place: (row) => place(row, lines[row] as number) };
  }

  #withMemory<T>(rows: number, allocate: () => T): T {
    try {
      return allocate();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const { length } = this.#names;
      throw new InputError(`${this.#source}: not enough memory for ${rows} rows of ${length} columns: use fewer rows`);
    }
  }
}

/** The sorted categories of a text column, whose values become indices among them. */
function sortedCategories(reader: TextReader, values: Float32Array, width: number, column: number): string[] {
  const seen = reader.seen();
  const categories = sortCategories(seen.filter((text) => !reader.isMissing(text)));
  const places = new Map(categories.map((text, place) => [text, place]));
  const index = Float32Array.from(seen, (text) => places.get(text) ?? Number.NaN);
  for (let at = column; at < values.length; at += width) {
    const code = values[at] as number;
    if (!Number.isNaN(code)) values[at] = index[code] as number;
  }
  return categories;
}
