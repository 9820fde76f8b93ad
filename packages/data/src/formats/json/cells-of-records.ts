import { InputError, isObject, notAllowed } from '@lrfind/core';
import type { Cell, CellColumn } from '../cells/cell.js';

/** Tables up to this many cells may be as sparse as they like. */
const SPARSE_CELLS = 1 << 24;
/** Of a larger table, at least one cell in so many must be in the file. */
const SPARSENESS = 64;

/** Collects records, objects from names of columns to values, as columns. A name that a record lacks is a missing value. */
export class RecordCells {
  readonly #columns = new Map<string, Cell[]>();
  readonly #source: string;
  readonly #place: (row: number) => string;
  #given = 0;
  /** Records so far. */
  rows = 0;

  /**
   * @param source what messages call the document
   * @param place where a record is in it
   * @param names of columns that are there from the start
   */
  constructor(source: string, place: (row: number) => string, names: readonly string[] = []) {
    this.#source = source;
    this.#place = place;
    for (const name of names) this.#columns.set(name, []);
  }

  /** @throws InputError for what is no record, and for a value that is a list or an object, by its path */
  add(record: unknown): void {
    const place = `${this.#source}: ${this.#place(this.rows)}`;
    if (!isObject(record)) throw notAllowed(place, 'an object from the names of columns to values', record);
    for (const name in record) {
      let cells = this.#columns.get(name);
      if (!cells) {
        cells = [];
        this.#columns.set(name, cells);
        this.#checkSize();
      }
      while (cells.length < this.rows) cells.push(null);
      cells.push(cellOf(record[name], () => `${place}, "${name}"`));
      this.#given++;
    }
    this.rows++;
    if (this.rows % 4096 === 0) this.#checkSize();
  }

  columns(): CellColumn[] {
    this.#checkSize();
    return [...this.#columns].map(([name, cells]) => {
      while (cells.length < this.rows) cells.push(null);
      return { name, cells };
    });
  }

  /** A small file in which every record has names of its own would need a large table. */
  #checkSize(): void {
    const size = this.rows * this.#columns.size;
    if (size > SPARSE_CELLS && size > this.#given * SPARSENESS)
      throw new InputError(
        `${this.#source} must hold records with the same names; got ${this.#columns.size} different names in ${this.rows} records`,
      );
  }
}

/**
 * A JSON value as a cell.
 *
 * @param place of the value, for messages
 * @throws InputError for a list or an object
 */
export function cellOf(value: unknown, place: () => string): Cell {
  if (typeof value !== 'object' || value === null) return value as Cell;
  const [got] = Object.keys(value);
  const path = Array.isArray(value) ? 'a list' : `an object${got === undefined ? '' : ` ("${got}", …)`}`;
  throw new InputError(
    `${place()} must be a number, a text, true, false or null; got ${path}; give each of its values a column of its own`,
  );
}
