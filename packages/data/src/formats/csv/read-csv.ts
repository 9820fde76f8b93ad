import { InputError } from '@lrfind/core';
import { type ByteChunk, concatBytes } from '../../bytes.js';
import type { Table } from '../../table.js';
import type { ReadTableOptions, StreamTableOptions, TableBlock, TableFormat, TableStream } from '../format.js';
import { ColumnKinds, kindsLike } from './column-kinds.js';
import { ColumnValues } from './column-values.js';
import { rowName } from './field-value.js';
import { readHeader, type TableHeader, unclosedHeader } from './header.js';
import { lineBlocks } from './line-blocks.js';
import { RowStore } from './row-store.js';
import { DelimitedRows, type RowFormat } from './rows.js';

/**
 * Delimited text with a header, in UTF-8.
 *
 * A column is numeric if more than half of its values in the first 1,000 rows (fewer, where a row has more than 16,000
 * columns) are decimal numbers; otherwise it is text. With `like`, the other table decides. A value is missing if its field is empty or one of NA, N/A, null, NULL
 * and ?. Blank lines are skipped. A field may be quoted; it may then contain line ends, and quotes that are doubled.
 * The order of categories does not depend on the order of rows.
 *
 * Reading throws InputError naming the file, and the row, line and column if there is one, for: a header that is
 * missing or has an empty, repeated or numeric name; no rows; a row with more or fewer fields than the header; an
 * unclosed quote; NaN, infinity or a word in a numeric column; and an unknown categorical column.
 */
export const csvFormat: TableFormat = {
  name: 'CSV',
  extensions: ['.csv', '.tsv', '.tab', '.txt'],
  async read({ name }, chunks, options) {
    const blocks = lineBlocks(name, chunks);
    try {
      return await parseTable(name, blocks, options);
    } finally {
      await blocks.return(undefined);
    }
  },
  stream: ({ name }, chunks, options) => streamTable(name, lineBlocks(name, chunks), options),
};

/** The kind of a column follows from this many rows at the start. */
const INFERENCE_ROWS = 1000;
/** Numbers that a store has room for at the start: rows of more than 16,000 columns start with fewer of them. */
const FIRST_NUMBERS = 1 << 24;

function firstRows(columns: number): number {
  return Math.max(1, Math.min(INFERENCE_ROWS, Math.floor(FIRST_NUMBERS / columns)));
}

/** Numbers in a block of a table that is read a block at a time, and the most categories of one of its columns. */
const BLOCK_NUMBERS = 1 << 18;
const MOST_CATEGORIES = 100_000;

async function parseTable(
  source: string,
  blocks: AsyncGenerator<ByteChunk>,
  options: ReadTableOptions,
): Promise<Table> {
  const { names, format, columns, nextLine, chunks } = await openTable(source, blocks, options);
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
  return toTable(source, names, columns, store);
}

async function streamTable(
  source: string,
  blocks: AsyncGenerator<ByteChunk>,
  options: StreamTableOptions,
): Promise<TableStream> {
  const { names, format, columns, nextLine, chunks } = await openTable(source, blocks, options);
  const kinds = names.map((name, column) => ({ name, kind: format.isText[column] ? 'text' : 'number' }) as const);
  const { ignore, like } = options;
  const ignored = names.map(
    (name) => ignore?.includes(name) || like?.columns.some((column) => column.name === name) === false,
  );
  const cell: RowFormat['cell'] = (text, column, row, line) => {
    if (ignored[column]) return Number.NaN;
    const value = columns.cell(text, column, row, line);
    if (value < MOST_CATEGORIES || format.isText[column] === 0 || Number.isNaN(value)) return value;
    throw new InputError(
      `${source}: column "${names[column]}" must have at most ${MOST_CATEGORIES} categories; got more up to ${rowName(row, line)}; leave it out with --ignore`,
    );
  };
  const store = new RowStore(names.length, Math.max(1, Math.floor(BLOCK_NUMBERS / names.length)));
  const rows = new DelimitedRows({ ...format, cell }, store, nextLine);
  const taken = (fraction: number): TableBlock => ({
    rows: store.rows,
    columns: kinds.map((column, i) => {
      const exact = store.exact(i);
      return { ...column, ...(exact && { exact }) };
    }),
    values: store.values,
    lines: store.lines,
    fraction,
  });
  return {
    layout: { source, columns: kinds },
    blocks: (async function* () {
      for await (const { bytes, fraction } of chunks) {
        let used = rows.push(bytes);
        while (store.rows === store.capacity) {
          yield taken(fraction);
          store.clear();
          used += rows.push(bytes.subarray(used));
        }
      }
      rows.close();
      if (store.rows > 0) yield taken(1);
      else if (store.first === 0) throw noRows(source);
    })(),
    categories: (column) => columns.seen(column),
    place: rowName,
  };
}

/** Reads the header and decides the kinds of columns. */
async function openTable(source: string, blocks: AsyncGenerator<ByteChunk>, options: StreamTableOptions) {
  const { header, rows: first } = await parseHeader(source, blocks, options.delimiter);
  const { delimiter, names, nextLine } = header;
  const { buffered, isText } = options.like
    ? { buffered: [first], isText: kindsLike(names, options.like) }
    : await inferKinds(source, header, first, blocks, options);
  const columns = new ColumnValues(source, names, isText, options.like?.source);
  const format: RowFormat = { source, delimiter, isText, cell: columns.cell };
  return { names, nextLine, format, columns, chunks: concat(buffered, blocks) };
}

function noRows(source: string): InputError {
  return new InputError(`${source} must hold rows; got a header alone`);
}

async function parseHeader(
  source: string,
  blocks: AsyncIterator<ByteChunk>,
  delimiter: string | undefined,
): Promise<{ header: TableHeader; rows: ByteChunk }> {
  let bytes: Uint8Array = new Uint8Array();
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    bytes = concatBytes([bytes, next.value.bytes]);
    const header = readHeader(source, bytes, delimiter);
    if (header) return { header, rows: { bytes: bytes.subarray(header.end), fraction: next.value.fraction } };
  }
  if (bytes.length === 0) throw new InputError(`${source} must hold a header and rows; got an empty file`);
  throw unclosedHeader(source);
}

/** Reads the first rows to distinguish text from numbers. Also returns the blocks that it has read. */
async function inferKinds(
  source: string,
  { delimiter, names, nextLine }: TableHeader,
  first: ByteChunk,
  blocks: AsyncIterator<ByteChunk>,
  { categorical = [], ignore }: StreamTableOptions,
): Promise<{ buffered: ByteChunk[]; isText: Uint8Array }> {
  const kinds = new ColumnKinds(source, names, categorical, ignore);
  const store = new RowStore(names.length, firstRows(names.length));
  const format = { source, delimiter, isText: kinds.declared, cell: kinds.cell };
  const rows = new DelimitedRows(format, store, nextLine);
  const buffered = [first];
  rows.push(first.bytes);
  while (store.rows < store.capacity) {
    const next = await blocks.next();
    if (next.done) break;
    buffered.push(next.value);
    rows.push(next.value.bytes);
  }
  return { buffered, isText: kinds.decide(store.values.subarray(0, store.rows * names.length)) };
}

async function* concat(buffered: readonly ByteChunk[], blocks: AsyncIterable<ByteChunk>): AsyncGenerator<ByteChunk> {
  yield* buffered;
  yield* blocks;
}

function toTable(source: string, names: readonly string[], columns: ColumnValues, store: RowStore): Table {
  const { rows, width } = store;
  const values = store.values.subarray(0, rows * width);
  const lines = store.lines.subarray(0, rows);
  return {
    source,
    rows,
    columns: names.map((name, column) => {
      const exact = store.exact(column);
      const categories = columns.categories(column);
      if (!categories) return { name, kind: 'number', ...(exact && { exact }) };
      for (let at = column; at < values.length; at += width) {
        const code = values[at] as number;
        if (!Number.isNaN(code)) values[at] = categories.index[code] as number;
      }
      return { name, kind: 'text', categories: categories.names };
    }),
    values,
    place: (row) => rowName(row, lines[row] as number),
  };
}
