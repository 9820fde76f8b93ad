import { InputError } from '@lrfind/core';
import { type BytePiece, concatBytes } from '../../bytes.js';
import type { Table } from '../../table.js';
import type { ReadTableOptions, TableFormat } from '../format.js';
import { ColumnKinds, kindsLike } from './column-kinds.js';
import { ColumnValues } from './column-values.js';
import { rowName } from './field-value.js';
import { readHeader, type TableHeader } from './header.js';
import { lineBlocks } from './line-blocks.js';
import { RowStore } from './row-store.js';
import { DelimitedRows } from './rows.js';

/**
 * Delimited text with a header, in UTF-8.
 *
 * A column is numeric when more than half of its values in the first 1,000 rows are decimal numbers, else text; with
 * `like` it is what it is there. A value is missing when its field is empty or one of NA, N/A, null, NULL and ?. Blank
 * lines are skipped. A field may stand in quotes, with quotes doubled inside and line ends allowed. The order of
 * categories does not depend on the order of rows.
 *
 * Reading throws InputError naming the file, and row, line and column where there is one, for: a missing, empty, repeated
 * or numeric header; no rows; a row of more or fewer fields than the header; a quote that is not closed; NaN, infinity or
 * a word in a numeric column; an unknown categorical column.
 */
export const csv: TableFormat = {
  name: 'CSV',
  extensions: ['.csv', '.tsv', '.tab', '.txt'],
  async read({ name }, pieces, options) {
    const blocks = lineBlocks(name, pieces);
    try {
      return await parseTable(name, blocks, options);
    } finally {
      await blocks.return(undefined);
    }
  },
};

/** The number of rows at the start that decide whether a column holds numbers or text. */
const SURVEYED_ROWS = 1000;

async function parseTable(
  source: string,
  blocks: AsyncGenerator<BytePiece>,
  options: ReadTableOptions,
): Promise<Table> {
  const { header, rows: first } = await takeHeader(source, blocks, options.delimiter);
  const { delimiter, names, nextLine } = header;
  const { held, texts } = options.like
    ? { held: [first], texts: kindsLike(names, options.like) }
    : await survey(source, header, first, blocks, options.categorical ?? []);

  const columns = new ColumnValues(source, names, texts, options.like?.source);
  const store = new RowStore(names.length, SURVEYED_ROWS);
  const rows = new DelimitedRows({ source, delimiter, texts, cell: columns.cell }, store, nextLine);
  let expected = 0;
  for await (const { bytes, fraction } of following(held, blocks)) {
    let used = rows.push(bytes);
    while (used < bytes.length) {
      store.grow(expected);
      used += rows.push(bytes.subarray(used));
    }
    // An estimate of the file's rows, so that memory is reserved once and not by doubling.
    expected = fraction > 0 ? (store.rows / fraction) * 1.02 : 0;
    options.onProgress?.({ fraction, rows: store.rows });
  }
  rows.close();
  if (store.rows === 0) throw new InputError(`${source} must hold rows; got a header alone`);
  return finish(source, names, columns, store);
}

async function takeHeader(
  source: string,
  blocks: AsyncIterator<BytePiece>,
  delimiter: string | undefined,
): Promise<{ header: TableHeader; rows: BytePiece }> {
  let bytes: Uint8Array = new Uint8Array();
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    bytes = concatBytes([bytes, next.value.bytes]);
    const header = readHeader(source, bytes, delimiter);
    if (header) return { header, rows: { bytes: bytes.subarray(header.end), fraction: next.value.fraction } };
  }
  if (bytes.length === 0) throw new InputError(`${source} must hold a header and rows; got an empty file`);
  throw new InputError(`${source}: the header opens a quote that is not closed`);
}

/** Reads the first rows to tell text from numbers; also returns what it has read of the file. */
async function survey(
  source: string,
  { delimiter, names, nextLine }: TableHeader,
  first: BytePiece,
  blocks: AsyncIterator<BytePiece>,
  categorical: readonly string[],
): Promise<{ held: BytePiece[]; texts: Uint8Array }> {
  const kinds = new ColumnKinds(source, names, categorical);
  const store = new RowStore(names.length, SURVEYED_ROWS);
  const format = { source, delimiter, texts: kinds.named, cell: kinds.cell };
  const rows = new DelimitedRows(format, store, nextLine);
  const held = [first];
  rows.push(first.bytes);
  while (store.rows < SURVEYED_ROWS) {
    const next = await blocks.next();
    if (next.done) break;
    held.push(next.value);
    rows.push(next.value.bytes);
  }
  return { held, texts: kinds.decide(store.values.subarray(0, store.rows * names.length)) };
}

async function* following(held: readonly BytePiece[], blocks: AsyncIterable<BytePiece>): AsyncGenerator<BytePiece> {
  yield* held;
  yield* blocks;
}

function finish(source: string, names: readonly string[], columns: ColumnValues, store: RowStore): Table {
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
