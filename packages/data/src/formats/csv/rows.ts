import { counted, InputError } from '@lrfind/core';
import { concatBytes, decodeText } from '../../bytes.js';
import { EXACT_DIGITS, powersOfTen, scanDecimal } from './decimal-scan.js';
import {
  afterLineEnd,
  type FieldText,
  isLineEnd,
  MAX_FIELD_BYTES,
  readField,
  TRAILING_TEXT,
  UNCLOSED,
} from './field.js';
import { rowName } from './field-value.js';
import { EXACT_LIMIT, type RowStore } from './row-store.js';

/** The layout of rows. */
export interface RowFormat {
  /** The file, for messages. */
  readonly source: string;
  /** The byte between two fields. */
  readonly delimiter: number;
  /** For each column 1 if its fields are text, 0 if they are numbers. */
  readonly isText: Uint8Array;
  /** Turns a field that is not a plain number into one: a category's number, or NaN for a missing value. */
  readonly cell: (text: string, column: number, row: number, line: number) => number;
}

const NO_BYTES = new Uint8Array();
const SPACE = 32;

/**
 * Parses the rows of a delimited file into a store. The main loop itself reads the most common fields: whole numbers of at most
 * seven digits four bytes at once, so that the processor need not guess how many digits come, and a number such as `-12.5` digit by
 * digit. `scanDecimal` reads other decimals, and `cell` everything else.
 */
export class DelimitedRows {
  readonly #field: FieldText = { text: '', lines: 0 };
  /** Bytes of an incomplete quoted field, held back for the next call. */
  #pending: Uint8Array = NO_BYTES;
  #column = 0;
  /** For each column how many columns of numbers follow each other from it on, without the last column of a row. */
  readonly #numbers: Int32Array;
  #line: number;
  #rowLine: number;
  /** Receives the number that `#readOther` has read. */
  readonly #other = { value: 0 };

  /**
   * @param format layout of the rows
   * @param store receives the rows; each must have as many fields as its width
   * @param firstLine the line of the file on which the first row starts
   */
  constructor(
    readonly format: RowFormat,
    readonly store: RowStore,
    firstLine: number,
  ) {
    this.#line = firstLine;
    this.#rowLine = firstLine;
    const { isText } = format;
    this.#numbers = new Int32Array(store.width);
    for (let column = store.width - 2; column >= 0; column--)
      this.#numbers[column] = isText[column] === 0 ? (this.#numbers[column + 1] as number) + 1 : 0;
  }

  /**
   * Parses the next part of the file, until the store is full.
   *
   * @param bytes whole lines; a quoted field that continues in the next bytes is held back
   * @returns how many of the bytes were used; fewer than all only when the store is full
   * @throws InputError for a row with too few or too many fields, and for an unclosed quote
   */
  push(bytes: Uint8Array): number {
    const held = this.#pending.length;
    const all = held > 0 ? concatBytes([this.#pending, bytes]) : bytes;
    const used = this.#parse(all);
    const full = this.store.rows === this.store.capacity;
    this.#pending = full ? NO_BYTES : all.subarray(used);
    if (this.#pending.length > MAX_FIELD_BYTES) this.#failUnclosed();
    return full ? used - held : bytes.length;
  }

  /**
   * Ends the file.
   *
   * @throws InputError when a quote is still open
   */
  close(): void {
    if (this.#pending.length > 0) this.#failUnclosed();
  }

  #parse(bytes: Uint8Array): number {
    // Constants of this function: the bundler makes variables of those of a module, and to read them takes as long as all the rest.
    const minus = 45;
    const point = 46;
    const zero = 48;
    const lineFeed = 10;
    const carriageReturn = 13;
    /** The digit 0 in each of four bytes. */
    const zeros = 0x30303030;
    /** Added to each of four bytes from 0 to 127, sets the highest bit of those that are at least 10. */
    const fromTen = 0x76767676;
    /** The highest bit of each of four bytes, as a signed number, which all bitwise operations give. */
    const highestBits = -0x7f7f7f80;
    const { store } = this;
    const { delimiter, isText } = this.format;
    const { values, lines, width, capacity } = store;
    const numbers = this.#numbers;
    const end = bytes.length;
    const words = new DataView(bytes.buffer, bytes.byteOffset, end);
    const delimiterBits = delimiter ^ (zeros & 0xff);
    let row = store.rows;
    let column = this.#column;
    let at = row * width + column;
    let position = 0;
    while (position < end && row < capacity) {
      // Whole numbers of at most seven digits, each with a delimiter after it.
      const first = at;
      for (const stop = at + (numbers[column] as number); at < stop && position + 8 <= end; at++) {
        // Each byte becomes 0 to 9 for a digit, and the first one that does not ends the number.
        let word = words.getInt32(position, true) ^ zeros;
        let others = ((word + fromTen) | word) & highestBits;
        let thousands = 0;
        let from = position;
        if (others === 0) {
          thousands = (word & 15) * 1000 + ((word >> 8) & 15) * 100 + ((word >> 16) & 15) * 10 + (word >> 24);
          from += 4;
          word = words.getInt32(from, true) ^ zeros;
          others = ((word + fromTen) | word) & highestBits;
        }
        // Bits of the three last bytes that no digit takes; 24 if there is no digit, 32 if there is no other byte.
        const free = Math.clz32(others & -others);
        const places = 3 - (free >> 3);
        from += places;
        if (from === position || places < 0 || ((word >> (places << 3)) & 0xff) !== delimiterBits) break;
        const digits = word << free;
        let value = (digits & 15) * 100 + ((digits >> 8) & 15) * 10 + ((digits >> 16) & 15);
        if (from - places > position) value += thousands * (powersOfTen[places] as number);
        values[at] = value;
        position = from + 1;
      }
      column += at - first;
      const start = position;
      let byte = bytes[position] as number;
      let value = 0;
      let digits = 0;
      if (isText[column] === 0) {
        const negative = byte === minus;
        if (negative) byte = bytes[++position] as number;
        const firstDigit = position;
        while (byte >= zero && byte <= zero + 9) {
          value = value * 10 + (byte - zero);
          byte = bytes[++position] as number;
        }
        digits = position - firstDigit;
        if (byte === point) {
          byte = bytes[++position] as number;
          const firstPlace = position;
          while (byte >= zero && byte <= zero + 9) {
            value = value * 10 + (byte - zero);
            byte = bytes[++position] as number;
          }
          const places = position - firstPlace;
          digits += places;
          if (digits <= EXACT_DIGITS) value /= powersOfTen[places] as number;
        }
        if (negative) value = -value;
      }
      let isEnd = byte === lineFeed || byte === carriageReturn;
      if (digits === 0 || digits > EXACT_DIGITS || (byte !== delimiter && !isEnd)) {
        if (isEnd && column === 0 && position === start) {
          position = afterLineEnd(bytes, position);
          this.#rowLine = ++this.#line;
          continue;
        }
        position = this.#readOther(bytes, start, store.first + row, column);
        if (position === UNCLOSED) {
          position = start;
          break;
        }
        value = this.#other.value;
        byte = bytes[position] as number;
        isEnd = byte !== delimiter;
      }
      if (value > EXACT_LIMIT || value < -EXACT_LIMIT) {
        // What float32 cannot hold is left to `cell`, which says so.
        if (!Number.isFinite(Math.fround(value)))
          this.#readCell(decodeText(bytes, start, position), column, store.first + row);
        store.keepExact(row, column, value);
      }
      values[at++] = value;
      column++;
      if (isEnd) {
        if (column !== width) this.#failRagged(store.first + row, column);
        position = afterLineEnd(bytes, position);
        lines[row++] = this.#rowLine;
        this.#rowLine = ++this.#line;
        column = 0;
      } else {
        if (column === width) this.#failRagged(store.first + row, width + countFields(bytes, position + 1, delimiter));
        position++;
      }
    }
    store.rows = row;
    this.#column = column;
    return position;
  }

  /** Reads a field that is not a plain number; `#other` receives its value. */
  #readOther(bytes: Uint8Array, start: number, row: number, column: number): number {
    const { cell, delimiter, source, isText } = this.format;
    if (isText[column] === 0 && delimiter !== SPACE) {
      const end = scanDecimal(bytes, start, EXACT_LIMIT, this.#other);
      if (end >= 0 && (bytes[end] === delimiter || isLineEnd(bytes[end]))) return end;
    }
    const position = readField(bytes, start, delimiter, this.#field);
    if (position === UNCLOSED) return position;
    if (position === TRAILING_TEXT) {
      const place = `${rowName(row, this.#rowLine)}, field ${column + 1}`;
      throw new InputError(`${source}: ${place} must end at its closing quote; write a quote inside quotes twice`);
    }
    try {
      this.#other.value = cell(this.#field.text, column, row, this.#rowLine);
    } catch (error) {
      // When a field is missing, values slip into other columns; the number of fields explains that better.
      const fields = column + countFields(bytes, start, delimiter);
      if (fields !== this.store.width) this.#failRagged(row, fields);
      throw error;
    }
    this.#line += this.#field.lines;
    return position;
  }

  #readCell(text: string, column: number, row: number): void {
    this.#other.value = this.format.cell(text.trim(), column, row, this.#rowLine);
  }

  #failRagged(row: number, fields: number): never {
    const { width } = this.store;
    throw new InputError(
      `${this.format.source}: ${rowName(row, this.#rowLine)} must have ${counted(width, 'field')}, as the header has; got ${fields}`,
    );
  }

  #failUnclosed(): never {
    const place = `${rowName(this.store.first + this.store.rows, this.#rowLine)}, field ${this.#column + 1}`;
    throw new InputError(`${this.format.source}: ${place} must close the quote that it opens`);
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
