import { InputError } from '@lrfind/core';
import { concatBytes } from '../../bytes.js';
import { EXACT_DIGITS, powersOfTen, scanDecimal } from './decimal-scan.js';
import { afterLineEnd, type FieldText, isLineEnd, readField, TRAILING_TEXT, UNCLOSED } from './field.js';
import { EXACT_LIMIT, type RowStore } from './row-store.js';
import { rowName } from './field-value.js';

/** How rows are laid out. */
export interface RowFormat {
  /** The file, for messages. */
  readonly source: string;
  readonly delimiter: number;
  /** 1 for each column whose fields are text, 0 where a number is expected. */
  readonly texts: Uint8Array;
  /** Turns a field that is no plain number into one: a category's index, NaN for missing. */
  readonly cell: (text: string, column: number, row: number, line: number) => number;
}

const NO_BYTES = new Uint8Array();
const MINUS = 45;
const POINT = 46;
const SPACE = 32;
const ZERO = 48;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** A longer field is a forgotten quote. */
const LONGEST_FIELD = 1 << 20;

/**
 * Parses the rows of a delimited file into a store. The common field, `-12.5` and a delimiter, is turned into a number
 * digit by digit in the one loop that all bytes pass, other decimals by `scanDecimal`; everything else goes through `cell`.
 */
export class DelimitedRows {
  readonly #field: FieldText = { text: '', lines: 0 };
  #rest: Uint8Array = NO_BYTES;
  #column = 0;
  #line: number;
  #rowLine: number;
  /** What the last `#readOther` made of its field. */
  readonly #other = { value: 0 };

  /**
   * @param format layout of the rows
   * @param store receives the rows; its width is the number of fields that each must have
   * @param firstLine the line of the file on which the first row starts
   */
  constructor(
    readonly format: RowFormat,
    readonly store: RowStore,
    firstLine: number,
  ) {
    this.#line = firstLine;
    this.#rowLine = firstLine;
  }

  /**
   * Parses what follows in the file, until the store is full.
   *
   * @param bytes whole lines; a quoted field that goes on in the next bytes is held back
   * @returns how many of the bytes were used; fewer than all only when the store is full
   * @throws InputError for a row that has too few or too many fields, and for a quote that is not closed
   */
  push(bytes: Uint8Array): number {
    const held = this.#rest.length;
    const all = held > 0 ? concatBytes([this.#rest, bytes]) : bytes;
    const used = this.#parse(all);
    const full = this.store.rows === this.store.capacity;
    this.#rest = full ? NO_BYTES : all.subarray(used);
    if (this.#rest.length > LONGEST_FIELD) this.#failUnclosed();
    return full ? used - held : bytes.length;
  }

  /** Ends the file. @throws InputError when a quote is still open */
  close(): void {
    if (this.#rest.length > 0) this.#failUnclosed();
  }

  #parse(bytes: Uint8Array): number {
    const { store } = this;
    const { delimiter, texts } = this.format;
    const { values, lines, width, capacity } = store;
    const end = bytes.length;
    let row = store.rows;
    let column = this.#column;
    let at = row * width + column;
    let position = 0;
    while (position < end && row < capacity) {
      const start = position;
      let byte = bytes[position] as number;
      let value = 0;
      let digits = 0;
      if (texts[column] === 0) {
        const negative = byte === MINUS;
        if (negative) byte = bytes[++position] as number;
        const firstDigit = position;
        while (byte >= ZERO && byte <= ZERO + 9) {
          value = value * 10 + (byte - ZERO);
          byte = bytes[++position] as number;
        }
        digits = position - firstDigit;
        if (byte === POINT) {
          byte = bytes[++position] as number;
          const firstPlace = position;
          while (byte >= ZERO && byte <= ZERO + 9) {
            value = value * 10 + (byte - ZERO);
            byte = bytes[++position] as number;
          }
          const places = position - firstPlace;
          digits += places;
          if (digits <= EXACT_DIGITS) value /= powersOfTen[places] as number;
        }
        if (negative) value = -value;
      }
      let isEnd = byte === LINE_FEED || byte === CARRIAGE_RETURN;
      if (digits === 0 || digits > EXACT_DIGITS || (byte !== delimiter && !isEnd)) {
        if (isEnd && column === 0 && position === start) {
          position = afterLineEnd(bytes, position);
          this.#rowLine = ++this.#line;
          continue;
        }
        position = this.#readOther(bytes, start, row, column);
        if (position === UNCLOSED) {
          position = start;
          break;
        }
        value = this.#other.value;
        byte = bytes[position] as number;
        isEnd = byte !== delimiter;
      }
      if (value > EXACT_LIMIT || value < -EXACT_LIMIT) store.keepExact(row, column, value);
      values[at++] = value;
      column++;
      if (isEnd) {
        if (column !== width) this.#failRagged(row, column);
        position = afterLineEnd(bytes, position);
        lines[row++] = this.#rowLine;
        this.#rowLine = ++this.#line;
        column = 0;
      } else {
        if (column === width) this.#failRagged(row, width + countFields(bytes, position + 1, delimiter));
        position++;
      }
    }
    store.rows = row;
    this.#column = column;
    return position;
  }

  /** Reads a field that is no plain number; its value goes to `#value`. */
  #readOther(bytes: Uint8Array, start: number, row: number, column: number): number {
    const { cell, delimiter, source, texts } = this.format;
    if (texts[column] === 0 && delimiter !== SPACE) {
      const end = scanDecimal(bytes, start, EXACT_LIMIT, this.#other);
      if (end >= 0 && (bytes[end] === delimiter || isLineEnd(bytes[end]))) return end;
    }
    const position = readField(bytes, start, delimiter, this.#field);
    if (position === UNCLOSED) return position;
    if (position === TRAILING_TEXT) {
      const place = `${rowName(row, this.#rowLine)}, field ${column + 1}`;
      throw new InputError(`${source}: ${place} goes on after its closing quote; write a quote inside quotes twice`);
    }
    try {
      this.#other.value = cell(this.#field.text, column, row, this.#rowLine);
    } catch (error) {
      // A value in the wrong column is most often a row in which a field is missing.
      const fields = column + countFields(bytes, start, delimiter);
      if (fields !== this.store.width) this.#failRagged(row, fields);
      throw error;
    }
    this.#line += this.#field.lines;
    return position;
  }

  #failRagged(row: number, fields: number): never {
    const { width } = this.store;
    const came = `${fields} ${fields === 1 ? 'field' : 'fields'}`;
    throw new InputError(
      `${this.format.source}: ${rowName(row, this.#rowLine)} has ${came}, but the header has ${width}`,
    );
  }

  #failUnclosed(): never {
    const place = `${rowName(this.store.rows, this.#rowLine)}, field ${this.#column + 1}`;
    throw new InputError(`${this.format.source}: ${place} opens a quote that is not closed`);
  }
}

/** The number of fields from a position to the end of its row. */
function countFields(bytes: Uint8Array, start: number, delimiter: number): number {
  const field: FieldText = { text: '', lines: 0 };
  let count = 1;
  let end = readField(bytes, start, delimiter, field);
  for (; bytes[end] === delimiter; count++) end = readField(bytes, end + 1, delimiter, field);
  return count;
}
