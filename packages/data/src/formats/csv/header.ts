import { InputError, quotedList } from '@lrfind/core';
import type { TableLayout } from '../../table.js';
import type { Dialect } from './dialect.js';
import { NotUtf8Error } from './encoding.js';
import { afterLineEnd, isLineEnd } from './field.js';
import { type FirstLine, firstLineOf } from './header-guess.js';
import { readRecord, readRecords, type TextRecord } from './records.js';

/** The columns of a delimited text, and where its rows start. */
export interface TableHeader {
  /** The name of each field of a row; an empty one for a field that is no column. */
  readonly names: readonly string[];
  /** What each field is: a column, an index that is left out, or the empty field after a trailing delimiter. */
  readonly fields: readonly ('column' | 'index' | 'empty')[];
  /** The byte between two fields. */
  readonly delimiter: number;
  /** Position of the first row. */
  readonly end: number;
  /** The line on which the first row starts. */
  readonly nextLine: number;
  /** What was recognised, in sentences. */
  readonly notes: readonly string[];
}

/** What the caller says about the header. */
export interface HeaderOptions {
  readonly skip?: number | undefined;
  readonly header?: boolean | undefined;
  readonly indexColumn?: string | undefined;
  readonly like?: TableLayout | undefined;
  readonly missing: ReadonlySet<string>;
}

/** Rows from which the meaning of the first line follows, and the most fields of all of them. */
const SAMPLE_ROWS = 50;
const SAMPLE_FIELDS = 5_000;

/**
 * Reads the header of a delimited text, or gives its columns names where it has none.
 *
 * @param source the file, for messages
 * @param bytes its first lines, ending with a line end; runs of blanks are collapsed already
 * @param dialect how they are separated and where the table starts
 * @returns the header, or `undefined` when the bytes end inside a quoted name
 * @throws InputError for a repeated name, for text that is not UTF-8, and where the first line may be a row as well as a
 *   header
 */
export function readHeader(
  source: string,
  bytes: Uint8Array,
  dialect: Dialect,
  options: HeaderOptions,
): TableHeader | undefined {
  const { delimiter } = dialect;
  const own = readRecord(bytes, dialect.start, delimiter);
  if (options.skip === undefined && isTitle(own)) {
    const [next] = readRecords(bytes, own.end, delimiter, 1, SAMPLE_FIELDS);
    const lines =
      next && next.texts.filter((text) => text !== '').length > 1 ? countLines(bytes, own.start, next.start) : 0;
    const notes = [...dialect.notes, `skipped a line above the table: ${JSON.stringify(own.texts[0])}`];
    if (next && lines > 0)
      return readHeader(source, bytes, { ...dialect, start: next.start, line: dialect.line + lines, notes }, options);
  }
  if (own === undefined) return undefined;
  if (own === 'unclosed') throw unclosedHeader(source);
  if (own.trailing > 0)
    throw new InputError(
      `${source}: header cell ${own.trailing} must end at its closing quote; write a quote inside quotes twice`,
    );
  const rows = readRecords(bytes, own.end, delimiter, SAMPLE_ROWS, SAMPLE_FIELDS).map(({ texts }) => texts);
  const found = commentNames(bytes, dialect, own, rows, options);
  const first = found ? 'row' : firstOf(source, own, rows, options);
  const isName = first === 'names';
  const notes = [...dialect.notes];
  if (first === 'row' && !found && options.header === undefined)
    notes.push(
      `the first line is a row, so columns are called 0 to ${own.texts.length - 1}; --header if it holds names`,
    );
  if (found) notes.push(`columns named by the line that begins with #`);
  const body = isName ? rows : [own.texts, ...rows];
  const names = found ?? (isName ? own.texts.map((text) => text.trim()) : undefined);
  return {
    ...columnsOf(source, names, body, options, notes),
    delimiter,
    end: isName ? own.end : own.start,
    nextLine: dialect.line + (isName ? own.lines : 0),
    notes,
  };
}

/** Whether a record is a title that a spreadsheet filled up with empty cells. */
function isTitle(record: TextRecord | 'unclosed' | undefined): record is TextRecord {
  if (typeof record !== 'object' || record.trailing > 0 || record.texts.length < 3) return false;
  const [first, ...others] = record.texts;
  return first !== '' && others.every((text) => text === '');
}

/** The line ends between two places. */
function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at = afterLineEnd(bytes, at)) if (isLineEnd(bytes[at])) lines += 1;
  return lines;
}

/** The error for a header that ends inside a quoted name. */
export function unclosedHeader(source: string): InputError {
  return new InputError(`${source}: the header must close each quote that it opens`);
}

function firstOf(
  source: string,
  { texts }: TextRecord,
  rows: readonly (readonly string[])[],
  { header, like, missing }: HeaderOptions,
): FirstLine {
  if (header !== undefined) return header ? 'names' : 'row';
  const known = new Set(like?.columns.map(({ name }) => name));
  if (texts.some((text) => known.has(text.trim()) && !/^\d+$/.test(text))) return 'names';
  const guess = firstLineOf(texts, rows, missing);
  if (guess !== 'either') return guess;
  const shown = texts.slice(0, 5).join(', ') + (texts.length > 5 ? ', …' : '');
  throw new InputError(
    `${source}: the first line (${shown}) must be names or a row, and may be either; --header or --no-header says which`,
  );
}

/** The names in a comment above the rows, such as NumPy's `# a b c`; undefined where it holds none. */
function commentNames(
  bytes: Uint8Array,
  { comment, delimiter }: Dialect,
  own: TextRecord,
  rows: readonly (readonly string[])[],
  { header, missing }: HeaderOptions,
): string[] | undefined {
  if (comment < 0 || header !== undefined) return undefined;
  const record = readRecord(bytes, comment, delimiter);
  if (record === undefined || record === 'unclosed' || record.trailing > 0) return undefined;
  const [mark = '', ...others] = record.texts;
  const texts = mark === '#' ? others : /^#\s/.test(mark) ? [mark.slice(1).trim(), ...others] : record.texts;
  const all = [own.texts, ...rows];
  const fits = texts.length === own.texts.length && (texts.length > 1 || rows.length > 0);
  if (!fits || new Set(texts).size < texts.length || texts.includes('')) return undefined;
  const names = firstLineOf(texts, all, missing) === 'names';
  return names && firstLineOf(own.texts, rows, missing) !== 'names' ? [...texts] : undefined;
}

function columnsOf(
  source: string,
  header: readonly string[] | undefined,
  body: readonly (readonly string[])[],
  { indexColumn }: HeaderOptions,
  notes: string[],
): Pick<TableHeader, 'names' | 'fields'> {
  const width = header ? header.length : (body[0]?.length ?? 0);
  const more = header && body.length > 0 && body.every((row) => row.length === width + 1);
  const trails = more && body.every((row) => row[width] === '');
  const names = [...(header ?? Array.from({ length: width }, (_, i) => `${i}`))];
  const fields: TableHeader['fields'][number][] = names.map(() => 'column');
  if (trails) {
    names.push('');
    fields.push('empty');
    notes.push('left out the empty field after the last delimiter of each row');
  } else if (more && indexColumn !== 'none') {
    names.unshift('');
    fields.unshift('index');
    notes.push(`left out the first field of each row, which has no name in the header, as in tables that R writes`);
  }
  checkNames(source, names, fields);
  if (!more) unnamed(names, fields, body, indexColumn, notes);
  chosenIndex(source, names, fields, indexColumn, notes);
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (fields[index] !== 'column') continue;
    const before = first.get(name);
    if (before !== undefined)
      throw new InputError(
        `${source}: the header must name each column once; got "${name}" in cells ${before} and ${index + 1}; --no-header says that the first line is a row`,
      );
    first.set(name, index + 1);
  }
  return { names, fields };
}

/** Names what has no name as pandas does, and leaves out an index and what is empty throughout. */
function unnamed(
  names: string[],
  fields: TableHeader['fields'][number][],
  body: readonly (readonly string[])[],
  indexColumn: string | undefined,
  notes: string[],
): void {
  const given: string[] = [];
  for (const [i, name] of names.entries()) {
    const values = body.map((row) => row[i] ?? '');
    const nameless = name === '' || /^Unnamed: 0(\.\d+)*$/.test(name);
    if (i === 0 && names.length > 1 && nameless && indexColumn === undefined && numbersRows(values)) {
      fields[i] = 'index';
      notes.push(
        'left out the first column, which has no name and numbers or names the rows; --index-column none keeps it',
      );
    } else if (
      name === '' &&
      i === names.length - 1 &&
      i > 0 &&
      values.length > 0 &&
      values.every((text) => text === '')
    ) {
      fields[i] = 'empty';
      notes.push('left out the empty field after the last delimiter of each line');
    } else if (name === '') {
      names[i] = `Unnamed: ${i}`;
      given.push(`Unnamed: ${i}`);
    }
  }
  if (given.length > 0) notes.push(`columns without a name called ${quotedList(given)}`);
}

/** Whether the values of the first column are 0, 1, 2, … or 1, 2, 3, …, or words that differ in every row. */
function numbersRows(values: readonly string[]): boolean {
  if (values.length === 0) return false;
  const start = Number(values[0]);
  if ((start === 0 || start === 1) && values.every((text, i) => text !== '' && Number(text) === start + i)) return true;
  return (
    values.length > 1 &&
    values.every((text) => text !== '' && Number.isNaN(Number(text))) &&
    new Set(values).size === values.length
  );
}

function chosenIndex(
  source: string,
  names: readonly string[],
  fields: TableHeader['fields'][number][],
  indexColumn: string | undefined,
  notes: string[],
): void {
  if (indexColumn === undefined || indexColumn === 'none') return;
  const index = names.indexOf(indexColumn);
  if (index < 0)
    throw new InputError(`indexColumn must be a column of ${source}, ${quotedList(names, 12)}; got "${indexColumn}"`);
  fields[index] = 'index';
  notes.push(`left out "${indexColumn}", which numbers or names the rows`);
}

function checkNames(source: string, names: readonly string[], fields: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    if (fields[index] !== 'column') continue;
    const cell = `header cell ${index + 1} of ${names.length}`;
    if (name.includes('\ufffd'))
      throw new NotUtf8Error(
        `${source}: ${cell} must be UTF-8 text; got "${name}"; save the file as UTF-8, or name its --encoding`,
      );
    if (name.includes('\0')) throw new InputError(`${source}: ${cell} must be text; got zero bytes`);
  }
}
