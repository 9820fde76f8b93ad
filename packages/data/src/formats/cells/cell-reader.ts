import { columnIndex } from '../../table.js';
import { kindsLike } from '../csv/column-forms.js';
import { isDecimal, isNotFinite, missingMarkers } from '../csv/field-value.js';
import { EXACT_LIMIT } from '../csv/row-store.js';
import type { ReadTableOptions } from '../format.js';
import { type CellColumn, cellText } from './cell.js';
import { type CellSpan, isNumbers, NumberReader, type Numbers, TextReader } from './column-reader.js';

/** The kind of a column without a type follows from this many rows at the start, as of a CSV file. */
export const INFERENCE_ROWS = 1000;
/** So many numbers are filled at once, column by column, that they stay in the processor's cache. */
const TILE_NUMBERS = 1 << 17;

/** Some rows of a table, column by column. */
export interface CellRows {
  readonly rows: number;
  readonly columns: readonly CellColumn[];
}

/** Columns beside each other that are parts of the same rows of one array. */
interface Run {
  readonly first: number;
  readonly length: number;
  readonly cells: Numbers;
}

/** Reads cells of several columns into rows, portion by portion, by the rules that hold for every format. */
export class CellReader {
  readonly readers: readonly (NumberReader | TextReader)[];
  readonly #ignored: readonly boolean[];

  /**
   * @param names all columns
   * @param start the rows from which the kinds of columns follow
   * @param ignore columns whose values nobody looks at: they become NaN
   * @throws InputError for an unknown categorical column
   */
  constructor(
    source: string,
    names: readonly string[],
    start: readonly CellRows[],
    options: ReadTableOptions,
    ignore: readonly string[] = [],
  ) {
    const missing = missingMarkers(options.missing);
    const isText = kindsOf(source, names, start, missing, options);
    this.readers = names.map((name, index) => {
      const place = { source, name, index, like: options.like?.source, missing };
      return isText[index] ? new TextReader(place) : new NumberReader(place);
    });
    this.#ignored = names.map((name) => ignore.includes(name));
  }

  /** The columns, without what is known of them once all rows are read. */
  columns(names: readonly string[]): { readonly name: string; readonly kind: 'number' | 'text' }[] {
    return names.map((name, i) => ({ name, kind: this.readers[i] instanceof TextReader ? 'text' : 'number' }));
  }

  /**
   * Reads rows behind those that the store has.
   *
   * @param columns their cells, in the order of the names
   * @throws InputError naming the row and the column
   */
  read(columns: readonly CellColumn[], span: CellSpan): void {
    const { store, at } = span;
    const tile = Math.max(1, Math.floor(TILE_NUMBERS / store.width));
    for (let from = span.from; from < span.to; from += tile) {
      const part = { from, to: Math.min(span.to, from + tile), store, at };
      for (let column = 0; column < columns.length; ) {
        const run = this.#ignored[column] ? undefined : this.#runAt(columns, column);
        if (run) this.#readRun(run, columns, part);
        else if (this.#ignored[column]) fillNaN(column, part);
        else this.readers[column]?.read(columns[column] as CellColumn, part);
        column += run?.length ?? 1;
      }
      store.rows += part.to - part.from;
    }
  }

  /** Numbers of one array that lie beside each other in it as in the table. */
  #runAt(columns: readonly CellColumn[], first: number): Run | undefined {
    const { cells, from = 0, step = 1 } = columns[first] as CellColumn;
    if (step === 1 || !isNumbers(cells)) return undefined;
    const belongs = (column: number) => {
      const other = columns[column];
      return (
        other?.cells === cells &&
        other.step === step &&
        other.from === from + column - first &&
        this.readers[column] instanceof NumberReader &&
        !this.#ignored[column]
      );
    };
    let end = first;
    while (end - first < step && belongs(end)) end++;
    return end - first > 1 ? { first, length: end - first, cells } : undefined;
  }

  #readRun({ first, length, cells }: Run, columns: readonly CellColumn[], span: CellSpan): void {
    const { from: start = 0, step = 1 } = columns[first] as CellColumn;
    const { values, width, rows } = span.store;
    const isWide = cells.BYTES_PER_ELEMENT > 2;
    let at = rows * width + first;
    for (let row = span.from; row < span.to; row++, at += width) {
      const begin = start + row * step;
      values.set(cells.subarray(begin, begin + length), at);
      if (!isWide) continue;
      for (let i = 0; i < length; i++) {
        const value = values[at + i] as number;
        if (value < EXACT_LIMIT && value > -EXACT_LIMIT) continue;
        const own = cells[begin + i] as number;
        if (own > EXACT_LIMIT || own < -EXACT_LIMIT)
          (this.readers[first + i] as NumberReader).keep(own, own, row, span);
      }
    }
  }
}

function fillNaN(column: number, { from, to, store }: CellSpan): void {
  const { values, width, rows } = store;
  for (let row = rows; row < rows + to - from; row++) values[row * width + column] = Number.NaN;
}

/** For each column 1 if it is text, 0 if it is numeric. */
function kindsOf(
  source: string,
  names: readonly string[],
  start: readonly CellRows[],
  missing: ReadonlySet<string>,
  options: ReadTableOptions,
): Uint8Array {
  if (options.like) return kindsLike(names, options.like);
  const isText = Uint8Array.from(names, (_, column) => (holdsWords(start, column, missing) ? 1 : 0));
  for (const name of options.categorical ?? []) isText[columnIndex(source, names, name, 'categorical')] = 1;
  return isText;
}

/** Whether at most half of the values at the start are numbers. A column without any value is numeric. */
function holdsWords(start: readonly CellRows[], column: number, missing: ReadonlySet<string>): boolean {
  let [words, numbers, left] = [0, 0, INFERENCE_ROWS];
  for (const { rows, columns } of start) {
    const { cells, from = 0, step = 1, moments } = columns[column] as CellColumn;
    const most = Math.min(rows, left);
    left -= most;
    for (let row = 0; row < most; row++) {
      const cell = cells[from + row * step];
      if (moments) words += cell === null || cell === undefined ? 0 : 1;
      else if (typeof cell === 'number') numbers += Number.isNaN(cell) ? 0 : 1;
      else if (typeof cell === 'bigint' || typeof cell === 'boolean') numbers++;
      else {
        const text = cellText(cell);
        if (missing.has(text)) continue;
        if (isDecimal(text) || isNotFinite(text)) numbers++;
        else words++;
      }
    }
  }
  return words > 0 && words >= numbers;
}
