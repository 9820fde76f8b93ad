import { InputError, shownValue } from '@lrfind/core';
import { answersFor, CATEGORY_BYTES, fitsFloat32 } from '../csv/column-values.js';
import { isDecimal, isNotFinite } from '../csv/field-value.js';
import { EXACT_LIMIT, type RowStore } from '../csv/row-store.js';
import { type Cell, type CellColumn, cellText, float32Text, type Moments } from './cell.js';
import { momentTexts } from './date-text.js';

/** Which rows of a block are read, and where they go. */
export interface CellSpan {
  /** The first row of the block to read, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Receives them behind those that it has. */
  readonly store: RowStore;
  /** For messages: where a row of the block is in the file. */
  readonly at: (row: number) => string;
}

/** What a column is called in messages, and what is missing in it. */
export interface ColumnPlace {
  readonly source: string;
  readonly name: string;
  /** Its index in the store. */
  readonly index: number;
  /** For messages: the other file from which the kinds of columns come, if they do. */
  readonly like: string | undefined;
  /** The texts that stand for a missing value. */
  readonly missing: ReadonlySet<string>;
}

/** Reads the cells of a column of numbers, portion by portion. */
export class NumberReader {
  readonly #place: ColumnPlace;
  #doubles = new Float64Array();

  constructor(place: ColumnPlace) {
    this.#place = place;
  }

  /** @throws InputError for a cell that is no number, or one that float32 does not hold */
  read(column: CellColumn, span: CellSpan): void {
    const { cells, from: start = 0, step = 1 } = column;
    if (step === 1 && isNumbers(cells)) this.#readNumbers(cells, start, span);
    else this.#readCells(column, span);
  }

  /** Numbers alone, all copied to one type first, so that the loop over them is compiled once. */
  #readNumbers(cells: Numbers, start: number, span: CellSpan): void {
    const { from, to, store } = span;
    const { values, width } = store;
    const part = cells.subarray(start + from, start + to);
    if (!(part instanceof Float64Array) && this.#doubles.length < part.length)
      this.#doubles = new Float64Array(part.length);
    if (!(part instanceof Float64Array)) this.#doubles.set(part);
    const numbers = part instanceof Float64Array ? part : this.#doubles;
    let at = store.rows * width + this.#place.index;
    const count = to - from;
    for (let i = 0; i < count; i++, at += width) {
      const value = numbers[i] as number;
      values[at] = value;
      if (value > EXACT_LIMIT || value < -EXACT_LIMIT) this.keep(value, value, from + i, span);
    }
  }

  #readCells({ cells, from: start = 0, step = 1, moments }: CellColumn, span: CellSpan): void {
    const { from, to, store } = span;
    const { values, width } = store;
    let at = store.rows * width + this.#place.index;
    for (let row = from; row < to; row++, at += width) {
      const cell = cells[start + row * step] as Cell;
      const value = typeof cell === 'number' ? cell : this.#numberOf(textual(cell, moments), row, span);
      values[at] = value;
      if (value > EXACT_LIMIT || value < -EXACT_LIMIT) this.keep(value, cell, row, span);
    }
  }

  /**
   * Keeps a number beyond 2^24 in double precision.
   *
   * @param cell as the file has it
   * @param row of the block
   * @throws InputError for one that float32 does not hold at all
   */
  keep(value: number, cell: Cell, row: number, span: CellSpan): void {
    if (!fitsFloat32(value)) throw new InputError(this.#notANumber(cell, row, span));
    span.store.keepExact(span.store.rows + row - span.from, this.#place.index, value);
  }

  #numberOf(cell: Cell, row: number, span: CellSpan): number {
    if (typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
    const text = cellText(cell);
    if (this.#place.missing.has(text)) return Number.NaN;
    if (isDecimal(text) && fitsFloat32(Number(text))) return Number(text);
    throw new InputError(this.#notANumber(cell, row, span));
  }

  #notANumber(cell: Cell, row: number, { at }: CellSpan): string {
    const { source, name, like } = this.#place;
    const place = `${source}: ${at(row)}, column "${name}"`;
    const text = cellText(cell);
    const shown = typeof cell === 'string' ? shownValue(text) : text;
    if (isNotFinite(text))
      return `${place} must be finite; got ${shown}; leave it empty (null) if the value is missing`;
    if (isDecimal(text))
      return `${place} must be a number that float32 can hold, at most 3.4e38; got ${shown}; give the column in a larger unit`;
    const why = like === undefined ? '' : `, as in ${like}`;
    return `${place} must be a number${why}; got ${shown}; ${answersFor(name, text)}`;
  }
}

/** Reads the cells of a column of text, portion by portion: the values are indices of categories in the order of appearance. */
export class TextReader {
  readonly #place: ColumnPlace;
  readonly #codes = new Map<string | bigint, number>();
  #moments: Moments | undefined;
  #bytes = 0;

  constructor(place: ColumnPlace) {
    this.#place = place;
  }

  /** @throws InputError for text that is damaged */
  read(column: CellColumn, span: CellSpan): void {
    const { cells, from: start = 0, step = 1 } = column;
    const { from, to, store } = span;
    const { values, width } = store;
    if (column.moments) this.#moments = column.moments;
    let at = store.rows * width + this.#place.index;
    for (let row = from; row < to; row++, at += width) {
      const cell = cells[start + row * step] as Cell;
      values[at] = this.#codeOf(column.moments ? momentOf(cell, column.moments) : this.#textOf(cell, cells), row, span);
    }
  }

  /** The categories so far, in the order of their numbers. Those of dates may look otherwise once more of them are known. */
  seen(): string[] {
    const keys = [...this.#codes.keys()];
    if (!this.#moments) return keys as string[];
    return momentTexts(keys as bigint[], this.#moments.unit, this.#moments.zoned) as string[];
  }

  /** Bytes that the categories take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a category turns out to be a missing value, as one of dates may. */
  isMissing(category: string): boolean {
    return this.#place.missing.has(category);
  }

  #textOf(cell: Cell, cells: CellColumn['cells']): string {
    return cells instanceof Float32Array && !Number.isNaN(cell) ? float32Text(cell as number) : cellText(cell);
  }

  #codeOf(text: string | bigint | undefined, row: number, { at }: CellSpan): number {
    if (text === undefined) return Number.NaN;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (typeof text === 'string') {
      const { source, name, missing } = this.#place;
      if (missing.has(text)) return Number.NaN;
      if (text.includes('\ufffd') || text.includes('\0'))
        throw new InputError(`${source}: ${at(row)}, column "${name}" must be valid text; got ${shownValue(text)}`);
      this.#bytes += text.length;
    }
    this.#bytes += CATEGORY_BYTES;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }
}

/** Arrays of numbers that are no bigints. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Whether cells are numbers alone, of which NaN is missing. */
export function isNumbers(cells: CellColumn['cells']): cells is Numbers {
  return ArrayBuffer.isView(cells) && !(cells instanceof BigInt64Array || cells instanceof BigUint64Array);
}

/** A moment that a calendar has; undefined for a missing one. */
function momentOf(cell: Cell, { unit }: Moments): bigint | undefined {
  if (cell === null || cell === undefined) return undefined;
  return momentTexts([cell as bigint], unit)[0] === null ? undefined : (cell as bigint);
}

/** A cell of dates as its text. */
function textual(cell: Cell, moments: Moments | undefined): Cell {
  if (!moments || cell === null || cell === undefined) return cell;
  return momentTexts([cell as bigint], moments.unit, moments.zoned)[0];
}
