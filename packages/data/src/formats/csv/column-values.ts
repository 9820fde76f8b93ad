import { InputError } from '@lrfind/core';
import { isDecimal, isMissing, isNotFinite, rowName } from './field-value.js';

/** The categories of each text column, and the meaning of the fields that are no plain numbers. */
export class ColumnValues {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #codes: readonly (Map<string, number> | undefined)[];
  readonly #like: string | undefined;

  /**
   * @param source the file, for messages
   * @param names all columns
   * @param texts 1 for each column that is text
   * @param like the file whose kinds of columns these are, for messages, where it is another one
   */
  constructor(source: string, names: readonly string[], texts: Uint8Array, like?: string) {
    this.#source = source;
    this.#names = names;
    this.#like = like;
    this.#codes = Array.from(texts, (text) => (text ? new Map() : undefined));
  }

  /** A `RowFormat.cell`: a number, NaN for missing, or the order in which the category was first met. */
  readonly cell = (text: string, column: number, row: number, line: number): number => {
    if (isMissing(text)) return Number.NaN;
    const codes = this.#codes[column];
    if (!codes) {
      if (isDecimal(text) && !isNotFinite(text)) return Number(text);
      throw new InputError(this.#complaint(text, column, row, line));
    }
    const known = codes.get(text);
    if (known !== undefined) return known;
    if (text.includes('\ufffd')) throw new InputError(this.#complaint(text, column, row, line));
    codes.set(text, codes.size);
    return codes.size - 1;
  };

  /**
   * The categories of a text column in their stable order, whatever the order of the rows.
   *
   * @returns the categories, and for each order of first meeting the index among them; `undefined` for numbers
   */
  categories(column: number): { readonly names: readonly string[]; readonly index: Int32Array } | undefined {
    const codes = this.#codes[column];
    if (!codes) return undefined;
    const names = sortCategories([...codes.keys()]);
    const index = new Int32Array(codes.size);
    for (const [place, name] of names.entries()) index[codes.get(name) as number] = place;
    return { names, index };
  }

  #complaint(text: string, column: number, row: number, line: number): string {
    const name = this.#names[column] as string;
    const place = `${this.#source}: ${rowName(row, line)}, column "${name}"`;
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    if (text.includes('\ufffd')) return `${place}: "${shown}" is not UTF-8 text: save the file as UTF-8`;
    if (isNotFinite(text))
      return `${place}: "${shown}" is NaN or infinity; leave the field empty where the value is missing`;
    const why = this.#like === undefined ? '' : `, as this column's values are in ${this.#like}`;
    return `${place}: "${shown}" is not a number${why}; if the column holds categories, say --categorical ${quoted(name)}`;
  }
}

/** Sorts by number where all are numbers, else by code point; equal numbers in different spelling by code point. */
export function sortCategories(names: readonly string[]): string[] {
  const byCodePoint = names.toSorted(compareCodePoints);
  return names.every(isDecimal) ? byCodePoint.sort((a, b) => Number(a) - Number(b)) : byCodePoint;
}

/** JavaScript compares code units, by which a character beyond U+FFFF stands before those from U+E000 to U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return orderOf(x) - orderOf(y);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other code units. */
function orderOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
