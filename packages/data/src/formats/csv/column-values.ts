import { InputError } from '@lrfind/core';
import { isDecimal, isMissing, isNotFinite, rowName } from './field-value.js';

/** Collects the categories of each text column, and reads the fields that are not plain numbers. */
export class ColumnValues {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #codes: readonly (Map<string, number> | undefined)[];
  readonly #like: string | undefined;

  /**
   * @param source the file, for messages
   * @param names all columns
   * @param isText for each column 1 if it is text, 0 if it is numeric
   * @param like for messages: the other file from which the kinds of columns come, if they do
   */
  constructor(source: string, names: readonly string[], isText: Uint8Array, like?: string) {
    this.#source = source;
    this.#names = names;
    this.#like = like;
    this.#codes = Array.from(isText, (text) => (text ? new Map() : undefined));
  }

  /**
   * A `RowFormat.cell`: gives a number, NaN for a missing value, or a category's number in order of first appearance.
   */
  readonly cell = (text: string, column: number, row: number, line: number): number => {
    if (isMissing(text)) return Number.NaN;
    const codes = this.#codes[column];
    if (!codes) {
      if (isDecimal(text) && fitsFloat32(Number(text))) return Number(text);
      throw new InputError(this.#message(text, column, row, line));
    }
    const known = codes.get(text);
    if (known !== undefined) return known;
    if (text.includes('\ufffd') || text.includes('\0')) throw new InputError(this.#message(text, column, row, line));
    codes.set(text, codes.size);
    return codes.size - 1;
  };

  /** The categories of a text column so far, in the order of the numbers that `cell` gave. */
  seen(column: number): string[] {
    return [...(this.#codes[column]?.keys() ?? [])];
  }

  /**
   * The categories of a text column, sorted, so that their order does not depend on the order of the rows.
   *
   * @returns the sorted categories, and for each number that `cell` gave the index among them; `undefined` for a
   *   numeric column
   */
  categories(column: number): { readonly names: readonly string[]; readonly index: Int32Array } | undefined {
    const codes = this.#codes[column];
    if (!codes) return undefined;
    const names = sortCategories([...codes.keys()]);
    const index = new Int32Array(codes.size);
    for (const [position, name] of names.entries()) index[codes.get(name) as number] = position;
    return { names, index };
  }

  #message(text: string, column: number, row: number, line: number): string {
    const name = this.#names[column] as string;
    const place = `${this.#source}: ${rowName(row, line)}, column "${name}"`;
    // As JSON, so that control characters are escaped.
    const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    if (text.includes('\ufffd')) return `${place} must be UTF-8 text; got ${shown}; save the file as UTF-8`;
    if (text.includes('\0')) return `${place} must be text; got zero bytes in ${shown}`;
    if (isNotFinite(text))
      return `${place} must be finite; got ${shown}; leave the field empty if the value is missing`;
    if (isDecimal(text))
      return `${place} must be a number that float32 can hold, at most 3.4e38; got ${shown}; give the column in a larger unit`;
    const why = this.#like === undefined ? '' : `, as in ${this.#like}`;
    return `${place} must be a number${why}; got ${shown}; if the column holds categories, use --categorical ${quoted(name)}`;
  }
}

/**
 * Sorts as numbers if all are numbers, otherwise by code point. Equal numbers that are spelt differently go by code
 * point.
 */
export function sortCategories(names: readonly string[]): string[] {
  const byCodePoint = names.toSorted(compareCodePoints);
  return names.every(isDecimal) ? byCodePoint.sort((a, b) => Number(a) - Number(b)) : byCodePoint;
}

/** JavaScript compares code units, which puts a character beyond U+FFFF before those from U+E000 to U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return orderOf(x) - orderOf(y);
  }
  return a.length - b.length;
}

/** Orders surrogates after all other code units. */
function orderOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Whether float32 holds a number, rather than an infinity in its place. */
export function fitsFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
