import { counted, flagList, InputError } from '@lrfind/core';
import type { ColumnForm } from './column-forms.js';
import { NotUtf8Error } from './encoding.js';
import { isDecimal, isNotFinite, rowName } from './field-value.js';
import { isSomeNumber, parseNumber, plainFormat } from './number-format.js';

/** What stands for a missing value is hardly longer. */
const LONGEST_MARKER = 20;

/** Bytes that a category takes beside its letters, about. */
export const CATEGORY_BYTES = 100;

/** Collects the categories of each text column, and reads the fields that are not plain numbers. */
export class ColumnValues {
  readonly #source: string;
  readonly #names: readonly string[];
  readonly #forms: readonly ColumnForm[];
  readonly #codes: readonly (Map<string, number> | undefined)[];
  readonly #missing: ReadonlySet<string>;
  readonly #like: string | undefined;
  /** Bytes that the categories take, about. */
  categoryBytes = 0;

  /**
   * @param source the file, for messages
   * @param names all columns
   * @param forms how each column is read
   * @param missing the texts that stand for a missing value
   * @param like for messages: the other file from which the kinds of columns come, if they do
   */
  constructor(
    source: string,
    names: readonly string[],
    forms: readonly ColumnForm[],
    missing: ReadonlySet<string>,
    like?: string,
  ) {
    this.#source = source;
    this.#names = names;
    this.#forms = forms;
    this.#missing = missing;
    this.#like = like;
    this.#codes = forms.map(({ kind }) => (kind === 'text' ? new Map() : undefined));
  }

  /** For each column 1 if all its fields go to `cell`, 0 if plain numbers need not. */
  get isText(): Uint8Array {
    return Uint8Array.from(this.#forms, (form) => (form.kind === 'number' && form.written === undefined ? 0 : 1));
  }

  /**
   * A `RowFormat.cell`: gives a number, NaN for a missing value, or a category's number in order of first appearance.
   */
  readonly cell = (text: string, column: number, row: number, line: number): number => {
    const form = this.#forms[column] as ColumnForm;
    if (form.kind === 'text') return this.#category(text, form.spelling, column, row, line);
    if (this.#missing.has(text) || form.kind === 'index') return Number.NaN;
    if (form.kind === 'empty') {
      const width = this.#forms.length - 1;
      throw new InputError(
        `${this.#source}: ${rowName(row, line)} must have ${counted(width, 'field')}, as the header has; got ${width + 1}`,
      );
    }
    if (form.truth && /^(?:true|false)$/i.test(text)) return text.length === 4 ? 1 : 0;
    const value = isDecimal(text) && !form.written ? Number(text) : parseNumber(text, form.written ?? plainFormat);
    if (!Number.isNaN(value) && fitsFloat32(value)) return value;
    throw this.#error(text, column, row, line);
  };

  #category(
    text: string,
    spelling: ReadonlyMap<string, string> | undefined,
    column: number,
    row: number,
    line: number,
  ): number {
    if (this.#missing.has(text)) return Number.NaN;
    const codes = this.#codes[column] as Map<string, number>;
    const known = codes.get(text);
    if (known !== undefined) return known;
    const usual = spelling?.get(text.toLowerCase());
    if (usual !== undefined && usual !== text) return this.#category(usual, undefined, column, row, line);
    if (text.includes('\ufffd') || text.includes('\0')) throw this.#error(text, column, row, line);
    this.categoryBytes += text.length + CATEGORY_BYTES;
    codes.set(text, codes.size);
    return codes.size - 1;
  }

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

  #error(text: string, column: number, row: number, line: number): InputError {
    const name = this.#names[column] as string;
    const place = `${this.#source}: ${rowName(row, line)}, column "${name}"`;
    // As JSON, so that control characters are escaped.
    const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    if (text.includes('\ufffd'))
      return new NotUtf8Error(
        `${place} must be UTF-8 text; got ${shown}; save the file as UTF-8, or name its --encoding`,
      );
    return new InputError(`${place} must be ${this.#allowed(text, name, shown)}`);
  }

  #allowed(text: string, name: string, shown: string): string {
    if (text.includes('\0')) return `text; got zero bytes in ${shown}`;
    if (isNotFinite(text))
      return `finite; got ${shown}; leave the field empty if the value is missing, or use --missing ${flagList([text])}`;
    if (isDecimal(text) && !fitsFloat32(Number(text)))
      return `a number that float32 can hold, at most 3.4e38; got ${shown}; give the column in a larger unit`;
    const why = this.#like === undefined ? '' : `, as in ${this.#like}`;
    const format = isSomeNumber(text) ? '; if it is one, --decimal and --thousands say how numbers are written' : '';
    return `a number${why}; got ${shown}${format}; ${answersFor(name, text)}`;
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

/** What to do about a text among the numbers of a column. */
export function answersFor(name: string, text: string): string {
  const missing =
    text.length > LONGEST_MARKER || isSomeNumber(text) ? '' : `, if it is missing --missing ${flagList([text])}`;
  return `if the column holds categories, use --categorical ${flagList([name])}${missing}`;
}
