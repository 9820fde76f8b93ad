import { InputError, quotedList } from '@lrfind/core';
import { booleanSpelling } from '../../booleans.js';
import { type Column, columnIndex, type NumberFormat, type TableLayout } from '../../table.js';
import { isDecimal, isNotFinite } from './field-value.js';
import { numberFormats, parseNumber, plainFormat } from './number-format.js';

/** How the fields of a column are read. */
export type ColumnForm =
  /** `truth` says that the fields are the words true and false, which are 1 and 0. */
  | { readonly kind: 'number'; readonly written?: NumberFormat; readonly truth?: boolean }
  /** `spelling` gives the usual spelling of a word in lower case, such as `True` for `true`. */
  | { readonly kind: 'text'; readonly spelling?: ReadonlyMap<string, string> }
  /** An index, which is left out, or the empty field after a trailing delimiter. */
  | { readonly kind: 'index' }
  | { readonly kind: 'empty' };

/** What the caller says about numbers. */
export interface NumberOptions {
  readonly decimal?: '.' | ',' | undefined;
  readonly thousands?: ',' | '.' | "'" | 'space' | 'none' | undefined;
}

/** The texts of a column in the first rows that are not missing, and how often each occurs. */
export type TextCounts = ReadonlyMap<string, number>;

/** The formats that the caller's options leave; the plain one alone where they name it. */
export function allowedFormats({ decimal, thousands }: NumberOptions): readonly NumberFormat[] {
  const mark = thousands === 'none' ? '' : thousands;
  const found = numberFormats.filter(
    (each) => (decimal === undefined || each.decimal === decimal) && (mark === undefined || each.thousands === mark),
  );
  if (found.length > 0) return found;
  throw new InputError(`thousands must not be the decimal mark; got "${mark}" for both`);
}

/**
 * The forms of the columns of a table that is read like another: a column that is numeric there is numeric here, written in
 * the same way. Any other column is text, also one that the other table does not have, because it may hold anything.
 */
export function formsLike(names: readonly string[], like: TableLayout): (ColumnForm | undefined)[] {
  const known = new Map(like.columns.map((column) => [column.name, column]));
  return names.map((name) => likeColumn(known.get(name)));
}

/** For each column 1 if it is text in a table that is read like another, 0 if it is numeric. */
export function kindsLike(names: readonly string[], like: TableLayout): Uint8Array {
  return Uint8Array.from(formsLike(names, like), (form) => (form?.kind === 'text' ? 1 : 0));
}

function likeColumn(column: Column | undefined): ColumnForm | undefined {
  // Dates are read as text, and become numbers when the table is whole.
  if (column === undefined || column.dates !== undefined) return { kind: 'text' };
  if (column.kind === 'number') return column.written ? { kind: 'number', written: column.written } : undefined;
  const spelling = booleanSpelling(column.categories ?? []);
  return { kind: 'text', ...(spelling && { spelling }) };
}

/** Whether words are those of pandas's booleans, in any case. */
export function areTruths(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => /^(?:true|false)$/i.test(word));
}

/** The columns that the caller declares to be text. */
export function declaredText(source: string, names: readonly string[], categorical: readonly string[]): Set<number> {
  return new Set(categorical.map((name) => columnIndex(source, names, name, 'categorical')));
}

/** How a column of numbers is written, with what decided it. */
export interface FormatChoice {
  readonly written: NumberFormat;
  /** A text that is a number only in this format, for a note; undefined for plain numbers. */
  readonly example: string | undefined;
  /** Whether a text such as 1,234 may be 1.234 as well as 1234, and nothing in the column tells. */
  readonly either: boolean;
}

/**
 * Chooses how the numbers of a column are written.
 *
 * @param texts of the column
 * @param formats those to choose from
 * @returns `undefined` for a column of which at most half are numbers in any format
 */
export function chooseFormat(texts: TextCounts, formats: readonly NumberFormat[]): FormatChoice | undefined {
  const counts = formats.map((format) => {
    let numbers = 0;
    for (const [text, count] of texts) if (isNumberIn(text, format)) numbers += count;
    return numbers;
  });
  const most = Math.max(...counts);
  const total = [...texts.values()].reduce((sum, count) => sum + count, 0);
  if (most === 0 || most * 2 <= total) return undefined;
  const best = formats.filter((_, i) => counts[i] === most);
  const written = best[0] as NumberFormat;
  const others = best.filter(({ decimal }) => decimal !== written.decimal);
  const odd = [...texts.keys()].find((text) => isNumberIn(text, written) && !isDecimal(text) && !isNotFinite(text));
  const either =
    odd !== undefined &&
    others.some((other) => [...texts.keys()].some((text) => parseNumber(text, other) !== parseNumber(text, written)));
  return { written, example: odd, either };
}

/** Whether a text is a number in a format, or infinity, which the reader refuses by its place. */
function isNumberIn(text: string, format: NumberFormat): boolean {
  return isNotFinite(text) || !Number.isNaN(parseNumber(text, format));
}

/** Whether all numbers of a column that have a point have three digits behind it, so that it may separate thousands. */
export function pointsMayBeThousands(texts: TextCounts): boolean {
  const pointed = [...texts.keys()].filter((text) => text.includes('.'));
  return pointed.length > 0 && pointed.every((text) => /^[+-]?[1-9]\d{0,2}([.]\d{3})+$/.test(text));
}

/** Whether a format is that of plain numbers. */
export function isPlain({ decimal, thousands }: NumberFormat): boolean {
  return decimal === plainFormat.decimal && thousands === plainFormat.thousands;
}

/** The question about numbers that can be read in two ways. */
export function eitherNumber(source: string, names: readonly string[]): InputError {
  const columns = quotedList(names);
  return new InputError(
    `${source}: numbers in column ${columns} must be read in one way; a text such as "1,234" may be 1.234 or 1234: --decimal , or --thousands , says which`,
  );
}
