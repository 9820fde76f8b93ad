import { counted, InputError, shownValue } from '@lrfind/core';
import { type Column, columnIndex, type Table } from '../../table.js';
import { kindsLike } from '../csv/column-forms.js';
import { answersFor, fitsFloat32, sortCategories } from '../csv/column-values.js';
import { isDecimal, isNotFinite, missingMarkers } from '../csv/field-value.js';
import { EXACT_LIMIT } from '../csv/row-store.js';
import type { ReadTableOptions } from '../format.js';
import { type Cell, type CellColumn, cellText, float32Text } from './cell.js';
import { checkColumnNames } from './column-names.js';

/** The kind of a column without a type follows from this many rows at the start, as of a CSV file. */
const INFERENCE_ROWS = 1000;
/** So many numbers are filled at once, column by column, that they stay in the processor's cache. */
const BLOCK_NUMBERS = 1 << 17;

/** Rows as a format with types has them, column by column. */
export interface CellTable {
  /** What messages call the table, such as its path. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly CellColumn[];
  /** Where a row is in the file: `row 12`, `line 13`. */
  readonly place: (row: number) => string;
  /** What the reader assumed, in sentences. */
  readonly notes?: readonly string[];
}

/** How a column is called in messages. */
interface ColumnPlace {
  readonly name: string;
  readonly at: (row: number) => string;
  /** For messages: the other file from which the kinds of columns come, if they do. */
  readonly like: string | undefined;
  /** The texts that stand for a missing value. */
  readonly missing: ReadonlySet<string>;
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
  const { source, rows, place, notes } = given;
  const names = checkColumnNames(
    source,
    given.columns.map(({ name }) => name),
  );
  if (rows === 0) throw new InputError(`${source} must hold rows; got ${counted(names.length, 'column')} without any`);
  const missing = missingMarkers(options.missing);
  const isText = kindsOf(given, names, missing, options);
  const width = names.length;
  const values = numbersFor(source, rows, width);
  const read = given.columns.map((cells, column) => {
    const name = names[column] as string;
    const at = (row: number) => `${source}: ${place(row)}, column "${name}"`;
    const columnPlace = { name, at, like: options.like?.source, missing };
    return isText[column] ? textColumn(cells, columnPlace) : numberColumn(cells, rows, columnPlace);
  });
  const step = Math.max(1, Math.floor(BLOCK_NUMBERS / width));
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    for (const [column, { valueAt }] of read.entries())
      for (let row = from; row < to; row++) values[row * width + column] = valueAt(row);
  }
  const columns = read.map(({ column }, i) => column(values, width, i));
  options.onProgress?.({ fraction: 1, rows });
  return { source, rows, columns, values, place, ...(notes && notes.length > 0 && { notes }) };
}

/** A column while it is read. */
interface ReadColumn {
  /** The number of a row's cell, or that of its category in order of appearance; NaN for a missing value. */
  readonly valueAt: (row: number) => number;
  /** What the column is, once all rows have been read; may replace the categories in `values` by their places in order. */
  readonly column: (values: Float32Array, width: number, index: number) => Column;
}

function numberColumn({ cells, from = 0, step = 1 }: CellColumn, rows: number, place: ColumnPlace): ReadColumn {
  let exact: Float64Array | undefined;
  const valueAt = (row: number) => {
    const cell = cells[from + row * step];
    const value = typeof cell === 'number' ? cell : numberOf(cell, row, place);
    if (value > EXACT_LIMIT || value < -EXACT_LIMIT) {
      if (!fitsFloat32(value)) throw new InputError(notANumber(cell, row, place));
      exact ??= new Float64Array(rows).fill(Number.NaN);
      exact[row] = value;
    }
    return value;
  };
  const column = (values: Float32Array, width: number, index: number): Column => {
    for (let row = 0; exact && row < rows; row++)
      if (Number.isNaN(exact[row])) exact[row] = values[row * width + index] as number;
    return { name: place.name, kind: 'number', ...(exact && { exact }) };
  };
  return { valueAt, column };
}

function numberOf(cell: Cell, row: number, place: ColumnPlace): number {
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  const text = cellText(cell);
  if (place.missing.has(text)) return Number.NaN;
  if (isDecimal(text) && fitsFloat32(Number(text))) return Number(text);
  throw new InputError(notANumber(cell, row, place));
}

function notANumber(cell: Cell, row: number, { name, at, like }: ColumnPlace): string {
  const text = cellText(cell);
  const shown = typeof cell === 'string' ? shownValue(text) : text;
  if (isNotFinite(text))
    return `${at(row)} must be finite; got ${shown}; leave it empty (null) if the value is missing`;
  if (isDecimal(text))
    return `${at(row)} must be a number that float32 can hold, at most 3.4e38; got ${shown}; give the column in a larger unit`;
  const why = like === undefined ? '' : `, as in ${like}`;
  return `${at(row)} must be a number${why}; got ${shown}; ${answersFor(name, text)}`;
}

function textColumn({ cells, from = 0, step = 1 }: CellColumn, { name, at, missing }: ColumnPlace): ReadColumn {
  const codes = new Map<string, number>();
  const textOf =
    cells instanceof Float32Array ? (cell: Cell) => cellText(cell) && float32Text(cell as number) : cellText;
  const valueAt = (row: number) => {
    const text = textOf(cells[from + row * step]);
    const known = codes.get(text);
    if (known !== undefined) return known;
    if (missing.has(text)) return Number.NaN;
    if (text.includes('\ufffd') || text.includes('\0'))
      throw new InputError(`${at(row)} must be valid text; got ${shownValue(text)}`);
    codes.set(text, codes.size);
    return codes.size - 1;
  };
  const column = (values: Float32Array, width: number, index: number): Column => {
    const categories = sortCategories([...codes.keys()]);
    const places = new Int32Array(codes.size);
    for (const [position, text] of categories.entries()) places[codes.get(text) as number] = position;
    for (let i = index; i < values.length; i += width) {
      const code = values[i] as number;
      if (!Number.isNaN(code)) values[i] = places[code] as number;
    }
    return { name, kind: 'text', categories };
  };
  return { valueAt, column };
}

/** For each column 1 if it is text, 0 if it is numeric. */
function kindsOf(
  { source, columns, rows }: CellTable,
  names: readonly string[],
  missing: ReadonlySet<string>,
  options: ReadTableOptions,
): Uint8Array {
  if (options.like) return kindsLike(names, options.like);
  const isText = Uint8Array.from(columns, (column) =>
    holdsWords(column, Math.min(rows, INFERENCE_ROWS), missing) ? 1 : 0,
  );
  for (const name of options.categorical ?? []) isText[columnIndex(source, names, name, 'categorical')] = 1;
  return isText;
}

/** Whether at most half of the values at the start are numbers. A column without any value is numeric. */
function holdsWords({ cells, from = 0, step = 1 }: CellColumn, rows: number, missing: ReadonlySet<string>): boolean {
  if (ArrayBuffer.isView(cells)) return false;
  let words = 0;
  let numbers = 0;
  for (let row = 0; row < rows; row++) {
    const cell = cells[from + row * step];
    if (typeof cell === 'number' ? !Number.isNaN(cell) : typeof cell === 'bigint' || typeof cell === 'boolean') {
      numbers++;
    } else {
      const text = cellText(cell);
      if (missing.has(text)) continue;
      if (isDecimal(text) || isNotFinite(text)) numbers++;
      else words++;
    }
  }
  return words > 0 && words >= numbers;
}

function numbersFor(source: string, rows: number, width: number): Float32Array {
  try {
    return new Float32Array(rows * width);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`${source}: not enough memory for ${rows} rows of ${width} columns: use fewer rows`);
  }
}
