import { InputError } from '../../errors.js';
import { ColumnKinds, kindsLike } from './column-kinds.js';
import { ColumnValues } from './column-values.js';
import { DelimitedRows } from './delimited-rows.js';
import type { FilePiece } from './file-bytes.js';
import { lineBlocks } from './line-blocks.js';
import { RowStore } from './row-store.js';
import type { Table, TableLayout } from './table.js';
import { readHeader, type TableHeader } from './table-header.js';

/** How to read a table. */
export interface ReadTableOptions {
  /**
   * The character between two fields. Default: a tab for .tsv and .tab (also with .gz), else whichever of comma, tab
   * and semicolon is most frequent in the header.
   */
  readonly delimiter?: string;
  /** Columns that hold categories although their values may look like numbers. Default: none. */
  readonly categorical?: readonly string[];
  /**
   * A table that was read before and that this one goes with, such as the training rows of these test rows: a column is
   * text here where it is text there, whatever its values look like, and columns that are not there are text.
   * `categorical` counts for nothing then.
   */
  readonly like?: TableLayout;
  /** Called now and then while reading; `fraction` is the part of the file read so far, 0 where its length is unknown. */
  readonly onProgress?: (progress: { readonly fraction: number; readonly rows: number }) => void;
}

/** Whether a column holds numbers or text is decided by so many rows at its start. */
const SURVEYED_ROWS = 1000;

/**
 * Reads a delimited text file with a header, plain or packed with gzip, as UTF-8.
 *
 * A column is numeric when more than half of its values in the first 1,000 rows are decimal numbers, else text; with
 * `like` it is what it is there. A value is missing when its field is empty or one of NA, N/A, null, NULL and ?. Blank
 * lines are passed over. A field may stand in quotes, with quotes doubled inside and line ends allowed.
 *
 * @param path the file
 * @param options how to read it
 * @returns the table, its categories in an order that does not depend on the order of rows
 * @throws InputError naming the file, and row, line and column where there is one, for: a file that cannot be read, is
 *   not text or is a corrupt gzip; a missing, empty, repeated or numeric header; no rows; a row of more or fewer fields
 *   than the header; a quote that is not closed; NaN, infinity or a word in a numeric column; an unknown categorical
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<Table> {
  const blocks = lineBlocks(path);
  try {
    return await parseTable(path, blocks, options);
  } finally {
    await blocks.return(undefined);
  }
}

async function parseTable(path: string, blocks: AsyncGenerator<FilePiece>, options: ReadTableOptions): Promise<Table> {
  const { header, rows: first } = await takeHeader(path, blocks, options.delimiter);
  const { delimiter, names, nextLine } = header;
  const { held, texts } = options.like
    ? { held: [first], texts: kindsLike(names, options.like) }
    : await survey(path, header, first, blocks, options.categorical ?? []);

  const columns = new ColumnValues(path, names, texts, options.like?.source);
  const store = new RowStore(names.length, SURVEYED_ROWS);
  const rows = new DelimitedRows({ source: path, delimiter, texts, cell: columns.cell }, store, nextLine);
  let expected = 0;
  for await (const { bytes, fraction } of following(held, blocks)) {
    let used = rows.push(bytes);
    while (used < bytes.length) {
      store.grow(expected);
      used += rows.push(bytes.subarray(used));
    }
    // What the file seems to hold, so that room is made once and not by doubling.
    expected = fraction > 0 ? (store.rows / fraction) * 1.02 : 0;
    options.onProgress?.({ fraction, rows: store.rows });
  }
  rows.close();
  if (store.rows === 0) throw new InputError(`${path} holds a header but no rows`);
  return finish(path, names, columns, store);
}

async function takeHeader(
  path: string,
  blocks: AsyncIterator<FilePiece>,
  delimiter: string | undefined,
): Promise<{ header: TableHeader; rows: FilePiece }> {
  let bytes: Buffer = Buffer.alloc(0);
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    bytes = Buffer.concat([bytes, next.value.bytes]);
    const header = readHeader(path, bytes, delimiter);
    if (header) return { header, rows: { bytes: bytes.subarray(header.end), fraction: next.value.fraction } };
  }
  if (bytes.length === 0) throw new InputError(`${path} is empty: a header and rows are expected`);
  throw new InputError(`${path}: the header opens a quote that is not closed`);
}

/** Looks at the first rows to tell text from numbers; hands back what it has read of the file. */
async function survey(
  path: string,
  { delimiter, names, nextLine }: TableHeader,
  first: FilePiece,
  blocks: AsyncIterator<FilePiece>,
  categorical: readonly string[],
): Promise<{ held: FilePiece[]; texts: Uint8Array }> {
  const kinds = new ColumnKinds(path, names, categorical);
  const store = new RowStore(names.length, SURVEYED_ROWS);
  const format = { source: path, delimiter, texts: kinds.named, cell: kinds.cell };
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

async function* following(held: readonly FilePiece[], blocks: AsyncIterable<FilePiece>): AsyncGenerator<FilePiece> {
  yield* held;
  yield* blocks;
}

function finish(path: string, names: readonly string[], columns: ColumnValues, store: RowStore): Table {
  const { rows, width } = store;
  const values = store.values.subarray(0, rows * width);
  return {
    source: path,
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
    lines: store.lines.subarray(0, rows),
  };
}
