import { InputError } from '@lrfind/core';
import { type ByteChunk, type ByteSource, concatBytes } from '../../bytes.js';
import type { Column, Table } from '../../table.js';
import type { ReadTableOptions, StreamTableOptions, TableBlock, TableFormat, TableStream } from '../format.js';
import { BlankRuns, collapsedBlocks } from './blanks.js';
import type { ColumnForm } from './column-forms.js';
import { ColumnValues } from './column-values.js';
import { type Dialect, recogniseDialect } from './dialect.js';
import { decoded, isUtf8, isWindowsText, NotUtf8Error, utf16Of } from './encoding.js';
import { missingMarkers, rowName } from './field-value.js';
import { readHeader, type TableHeader, unclosedHeader } from './header.js';
import { firstRows, inferForms } from './infer-forms.js';
import { lineBlocks } from './line-blocks.js';
import { RowStore } from './row-store.js';
import { DelimitedRows, type RowFormat } from './rows.js';

/**
 * Delimited text, as people and programs write it.
 *
 * The text itself shows its encoding (UTF-8, UTF-16, windows-1252), its delimiter, the lines above its header, whether it has
 * a header, an index without a name, and how its numbers are written; options say so where it does not. What is not plain is
 * in the table's notes.
 *
 * A column is numeric if more than half of its values in the first 1,000 rows (fewer, where a row has more than 16,000
 * columns) are numbers; otherwise it is text. With `like`, the other table decides. A value is missing if its field is empty,
 * or one of pandas's markers (NA, NaN, None, null, …) or ?. Blank lines are skipped. A field may be quoted; it may then contain
 * line ends, and quotes that are doubled. The order of categories does not depend on the order of rows.
 *
 * Reading throws InputError naming the file, and the row, line and column if there is one, for: a repeated name; no rows; a
 * row with more or fewer fields than the header; an unclosed quote; infinity or a word in a numeric column; an unknown
 * categorical column; and what can be understood in two ways.
 */
export const csvFormat: TableFormat = {
  name: 'CSV',
  extensions: ['.csv', '.tsv', '.tab', '.txt'],
  options: ['delimiter', 'header', 'skip', 'indexColumn', 'decimal', 'thousands', 'encoding'],
  async read(source, chunks, options) {
    const first = await chunks.next();
    if (first.done) return readText(source, chunks, options, []);
    const all = prepend(first.value, chunks);
    const utf16 = utf16Of(first.value.bytes);
    const encoding = options.encoding ?? utf16;
    if (encoding !== undefined && !isUtf8(encoding)) {
      const note = options.encoding === undefined ? [`read as ${encoding.toUpperCase()}`] : [];
      return readText(source, decoded(all, encoding), options, note);
    }
    try {
      return await readText(source, all, options, []);
    } catch (error) {
      if (!(error instanceof NotUtf8Error) || encoding !== undefined || !(await isWindowsText(source))) throw error;
      return readText(source, decoded(source.stream(), 'windows-1252'), options, [WINDOWS_NOTE]);
    }
  },
  async stream({ name }, chunks, options) {
    const first = await chunks.next();
    if (first.done) return streamTable(name, lineBlocks(name, chunks), options, []);
    const all = prepend(first.value, chunks);
    const encoding = options.encoding ?? utf16Of(first.value.bytes);
    if (encoding === undefined || isUtf8(encoding)) return streamTable(name, lineBlocks(name, all), options, []);
    const note = options.encoding === undefined ? [`read as ${encoding.toUpperCase()}`] : [];
    return streamTable(name, lineBlocks(name, decoded(all, encoding)), options, note);
  },
  async readAgain(error, source, head, options) {
    if (!(error instanceof NotUtf8Error) || options.encoding !== undefined || utf16Of(head)) return undefined;
    if (!(await isWindowsText(source))) return undefined;
    return { options: { ...options, encoding: 'windows-1252' }, note: WINDOWS_NOTE };
  },
};

const WINDOWS_NOTE = 'read as windows-1252, because the text is not UTF-8; --encoding names another';

/** As many bytes at the start, and at least this many lines, show how a text is written. */
const SAMPLE_BYTES = 1 << 16;
const SAMPLE_LINES = 3;
const MOST_SAMPLE_BYTES = 1 << 25;

async function* prepend(first: ByteChunk, rest: AsyncIterable<ByteChunk>): AsyncGenerator<ByteChunk> {
  yield first;
  yield* rest;
}

async function readText(
  { name }: ByteSource,
  chunks: AsyncGenerator<ByteChunk>,
  options: ReadTableOptions,
  notes: readonly string[],
): Promise<Table> {
  const blocks = lineBlocks(name, chunks);
  try {
    return await parseTable(name, blocks, options, notes);
  } finally {
    await blocks.return(undefined);
  }
}

async function parseTable(
  source: string,
  raw: AsyncGenerator<ByteChunk>,
  options: ReadTableOptions,
  encodingNotes: readonly string[],
): Promise<Table> {
  const { names, format, nextLine, forms, columns, notes, chunks } = await openTable(source, raw, options);
  const store = new RowStore(names.length, firstRows(names.length));
  const rows = new DelimitedRows(format, store, nextLine);
  let expected = 0;
  for await (const { bytes, fraction } of chunks) {
    let used = rows.push(bytes);
    while (used < bytes.length) {
      store.grow(expected);
      used += rows.push(bytes.subarray(used));
    }
    // An estimate of the file's rows, so that the store can grow to it at once instead of doubling.
    expected = fraction > 0 ? (store.rows / fraction) * 1.02 : 0;
    options.onProgress?.({ fraction, rows: store.rows });
  }
  rows.close();
  if (store.rows === 0) throw noRows(source);
  return toTable(source, names, forms, columns, store, [...encodingNotes, ...notes]);
}

/** Numbers in a block of a table that is read a block at a time. */
const BLOCK_NUMBERS = 1 << 18;

async function streamTable(
  source: string,
  raw: AsyncGenerator<ByteChunk>,
  options: StreamTableOptions,
  encodingNotes: readonly string[],
): Promise<TableStream> {
  const { names, format, nextLine, forms, columns, notes, chunks } = await openTable(source, raw, options);
  const { ignore, like } = options;
  const ignored = names.map(
    (name) => ignore?.includes(name) || like?.columns.some((column) => column.name === name) === false,
  );
  const cell: RowFormat['cell'] = (text, column, row, line) =>
    ignored[column] ? Number.NaN : columns.cell(text, column, row, line);
  const kept = keptColumns(names, forms);
  const kinds = kept.map((column) => plainColumn(names, forms, column));
  const store = new RowStore(names.length, Math.max(1, Math.floor(BLOCK_NUMBERS / names.length)));
  const rows = new DelimitedRows({ ...format, cell }, store, nextLine);
  const taken = (fraction: number): TableBlock => ({
    rows: store.rows,
    columns: kinds.map((column, i) => {
      const exact = store.exact(kept[i] as number);
      return { ...column, ...(exact && { exact }) };
    }),
    values:
      kept.length === names.length
        ? store.values
        : packed(store.values.subarray(0, store.rows * names.length), names.length, kept),
    lines: store.lines,
    fraction,
  });
  const all = [...encodingNotes, ...notes];
  return {
    layout: { source, columns: kinds },
    blocks: (async function* () {
      let before = 0;
      for await (const { bytes, fraction } of chunks) {
        let used = rows.push(bytes);
        while (store.rows === store.capacity) {
          // Not that of all the bytes, of which only some are in these rows: the number of all rows is estimated from it.
          yield taken(before + ((fraction - before) * used) / bytes.length);
          store.clear();
          used += rows.push(bytes.subarray(used));
        }
        before = fraction;
      }
      rows.close();
      if (store.rows > 0) yield taken(1);
      else if (store.first === 0) throw noRows(source);
    })(),
    categories: (column) => columns.seen(kept[column] as number),
    categoryBytes: () => columns.categoryBytes,
    place: rowName,
    ...(all.length > 0 && { notes: all }),
  };
}

/** Reads the header and the first rows, and decides how the columns are read. */
async function openTable(source: string, raw: AsyncGenerator<ByteChunk>, options: ReadTableOptions) {
  const missing = missingMarkers(options.missing);
  const { header, first, blocks } = await parseHeader(source, raw, options, missing);
  const { names, delimiter, nextLine } = header;
  const buffered = await bufferRows(first, blocks, firstRows(names.length));
  const { forms, notes } = inferForms(source, header, buffered, missing, options);
  const columns = new ColumnValues(source, names, forms, missing, options.like?.source);
  const format: RowFormat = { source, delimiter, isText: columns.isText, cell: columns.cell };
  return {
    names,
    format,
    nextLine,
    forms,
    columns,
    notes: [...header.notes, ...notes],
    chunks: concat(buffered, blocks),
  };
}

function noRows(source: string): InputError {
  return new InputError(`${source} must hold rows; got a header alone`);
}

async function parseHeader(
  source: string,
  raw: AsyncGenerator<ByteChunk>,
  options: ReadTableOptions,
  missing: ReadonlySet<string>,
): Promise<{ header: TableHeader; first: ByteChunk; blocks: AsyncIterableIterator<ByteChunk> }> {
  let bytes: Uint8Array = new Uint8Array();
  let dialect: Dialect | undefined;
  let blocks: AsyncGenerator<ByteChunk> = raw;
  let fraction = 0;
  for (;;) {
    const next = await blocks.next();
    if (!next.done) {
      bytes = concatBytes([bytes, next.value.bytes]);
      fraction = next.value.fraction;
      if (!dialect && isTooShort(bytes)) continue;
    }
    if (bytes.length === 0) throw new InputError(`${source} must hold a header and rows; got an empty file`);
    if (!dialect) {
      dialect = recogniseDialect(source, bytes, options);
      if (dialect.blanks) {
        const { start, comment } = dialect;
        const lengthOf = (end: number) => new BlankRuns().collapse((bytes as Uint8Array).subarray(0, end)).length;
        dialect = { ...dialect, start: lengthOf(start), comment: comment < 0 ? -1 : lengthOf(comment) };
        const runs = new BlankRuns();
        bytes = runs.collapse(bytes);
        blocks = collapsedBlocks(blocks, runs);
      }
    }
    const header = readHeader(source, bytes, dialect, { ...options, missing });
    if (header) return { header, first: { bytes: bytes.subarray(header.end), fraction }, blocks };
    if (next.done) throw unclosedHeader(source);
  }
}

/** Whether more lines may show better how a text is written. */
function isTooShort(bytes: Uint8Array): boolean {
  if (bytes.length >= MOST_SAMPLE_BYTES) return false;
  return bytes.length < SAMPLE_BYTES || countLines(bytes, SAMPLE_LINES) < SAMPLE_LINES;
}

/** Blocks with enough lines for the rows from which the kinds of the columns follow. */
async function bufferRows(first: ByteChunk, blocks: AsyncIterator<ByteChunk>, rows: number): Promise<ByteChunk[]> {
  const buffered = [first];
  let lines = countLines(first.bytes, rows);
  while (lines < rows) {
    const next = await blocks.next();
    if (next.done) break;
    buffered.push(next.value);
    lines += countLines(next.value.bytes, rows);
  }
  return buffered;
}

/** The line ends of a text, which are line feeds, or carriage returns alone. */
function countLines(bytes: Uint8Array, limit: number): number {
  const count = (byte: number) => {
    let lines = 0;
    for (let at = bytes.indexOf(byte); at >= 0 && lines < limit; at = bytes.indexOf(byte, at + 1)) lines += 1;
    return lines;
  };
  return count(10) || count(13);
}

async function* concat(buffered: readonly ByteChunk[], blocks: AsyncIterable<ByteChunk>): AsyncGenerator<ByteChunk> {
  yield* buffered;
  yield* blocks;
}

function toTable(
  source: string,
  names: readonly string[],
  forms: readonly ColumnForm[],
  columns: ColumnValues,
  store: RowStore,
  notes: readonly string[],
): Table {
  const { rows, width } = store;
  const values = store.values.subarray(0, rows * width);
  const lines = store.lines.subarray(0, rows);
  const kept = keptColumns(names, forms);
  const described = kept.map((column): Column => {
    const own = plainColumn(names, forms, column);
    const exact = store.exact(column);
    const categories = columns.categories(column);
    if (!categories) return { ...own, ...(exact && { exact }) };
    for (let at = column; at < values.length; at += width) {
      const code = values[at] as number;
      if (!Number.isNaN(code)) values[at] = categories.index[code] as number;
    }
    return { ...own, categories: categories.names };
  });
  return {
    source,
    rows,
    columns: described,
    values: kept.length === width ? values : packed(values, width, kept),
    place: (row) => rowName(row, lines[row] as number),
    ...(notes.length > 0 && { notes }),
  };
}

/** The columns that are in the table: neither an index nor the empty field after a trailing delimiter. */
function keptColumns(names: readonly string[], forms: readonly ColumnForm[]): number[] {
  return [...names.keys()].filter((column) => forms[column]?.kind === 'number' || forms[column]?.kind === 'text');
}

/** A column without its categories and exact values. */
function plainColumn(names: readonly string[], forms: readonly ColumnForm[], column: number): Column {
  const name = names[column] as string;
  const form = forms[column] as ColumnForm;
  if (form.kind === 'text') return { name, kind: 'text' };
  return { name, kind: 'number', ...(form.kind === 'number' && form.written && { written: form.written }) };
}

/** The values of some columns, moved together in place. */
function packed(values: Float32Array, width: number, kept: readonly number[]): Float32Array {
  let to = 0;
  for (let start = 0; start < values.length; start += width)
    for (const column of kept) values[to++] = values[start + column] as number;
  return values.subarray(0, to);
}
