import { InputError } from '@lrfind/core';
import type { FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import type { CellStream } from '../cells/cell-blocks.js';
import { streamOfCells } from '../cells/stream-of-cells.js';
import { tableOfBlocks } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { pandasIndex } from '../pandas-index.js';
import { inMemory, plainFile, type RandomAccess } from '../random-access.js';
import { readBytes } from '../read-text.js';

/** The first and the last bytes of every file. */
const MAGIC = [0x50, 0x41, 0x52, 0x31];
/** Rows that a file may declare beside so many for each of its bytes: hostile files declare any number. */
const FREE_ROWS = 1e5;
const ROWS_A_BYTE = 256;

/**
 * Parquet, packed by any of its methods but LZO, with every encoding. Dictionaries, dates, times, decimals, booleans and
 * whole numbers of any size are read; pandas's own index without a name is left out. It is read page by page, whatever the size of
 * its row groups.
 *
 * Reading throws InputError naming the file and the column, for lists, records, bytes and times of day, for encrypted files,
 * and for a file that is damaged.
 */
export const parquetFormat: TableFormat = {
  name: 'Parquet',
  extensions: ['.parquet', '.pq'],
  matches: isParquet,
  async read(source, chunks, options) {
    const file = (await plainFile(source, isParquet)) ?? inMemory(await readBytes(source.name, chunks));
    const { cells, rows } = await openParquet(source.name, parquetFile(file));
    return tableOfBlocks(cells, options, rows);
  },
  async stream(source, _, options) {
    const file = await plainFile(source, isParquet);
    return file && streamOfCells((await openParquet(source.name, parquetFile(file))).cells, options);
  },
};

function isParquet(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** What the decoders read, who take the buffer beneath: bytes of their own. */
interface ParquetFile {
  readonly byteLength: number;
  slice(from: number, to?: number): Promise<ArrayBuffer>;
}

function parquetFile({ length, slice }: RandomAccess): ParquetFile {
  return {
    byteLength: length,
    slice: async (from, to = length) => {
      const bytes = await slice(from, to);
      const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
      return buffer as ArrayBuffer;
    },
  };
}

/** @throws InputError for a schema that no table can have, and for metadata that are damaged */
async function openParquet(name: string, file: ParquetFile): Promise<{ cells: CellStream; rows: number }> {
  // Loaded only now, so that other tables wait for none of it.
  const [{ parquetMetadataAsync, parquetSchema }, { unreadable }, { parquetBlocks }] = await Promise.all([
    import('hyparquet'),
    import('./column-cells.js'),
    import('./parquet-blocks.js'),
  ]);
  const metadata = await undamaged(name, () => parquetMetadataAsync(file, { geoparquet: false }));
  const schema = await undamaged(name, async () => parquetSchema(metadata));
  const rows = Number(metadata.num_rows);
  checkRows(name, rows, metadata, file.byteLength);
  for (const child of schema.children) {
    const why = unreadable(child);
    if (why !== undefined)
      throw new InputError(
        `${name}: column "${child.element.name}" must hold numbers, text, booleans or dates; got ${why}`,
      );
  }
  const pandas = metadata.key_value_metadata?.find(({ key }) => key === 'pandas')?.value;
  const names = schema.children.map(({ element }) => element.name);
  const { isLeft, notes } = pandasIndex(names, pandas);
  const columns = await Promise.all(
    schema.children.flatMap((column, i) =>
      isLeft(column.element.name)
        ? []
        : [
            undamaged(`${name}: column "${column.element.name}"`, async () => ({
              name: column.element.name,
              path: [schema, column],
              chunks: metadata.row_groups.map((group) => chunkOf(group, i, column, file.byteLength)),
            })),
          ],
    ),
  );
  const blocks = parquetBlocks(
    (from, to) => file.slice(from, to),
    columns,
    rows,
    (column, read) => undamaged(`${name}: column "${column}"`, read),
  );
  const place = (row: number) => `row ${row + 1}`;
  return { cells: { source: name, names: columns.map((column) => column.name), place, notes, blocks }, rows };
}

/** Turns what a decoder says of a damaged file into one message. */
async function undamaged<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${what} is damaged, or not what Parquet allows: ${(error as Error).message}`);
  }
}

function checkRows(name: string, rows: number, { row_groups: groups }: FileMetaData, bytes: number): void {
  const sum = groups.reduce((total, { num_rows: count }) => total + Number(count), 0);
  if (sum !== rows || groups.some(({ num_rows: count }) => count < 0n))
    throw new InputError(`${name} must have as many rows as its row groups, ${sum}; got ${rows}`);
  if (rows > FREE_ROWS + bytes * ROWS_A_BYTE)
    throw new InputError(`${name} must have the rows that it declares; ${rows} rows do not fit into ${bytes} bytes`);
}

/** Where a column of a row group lies. */
function chunkOf({ columns, num_rows: rows }: RowGroup, index: number, { element }: SchemaTree, bytes: number) {
  const about = columns[index]?.meta_data;
  if (!about) throw new Error('it has no description, or is encrypted');
  if (about.path_in_schema.join() !== element.name || about.type !== element.type)
    throw new Error('its description is that of another column');
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = about;
  const from = Number(dictionary && dictionary > 0n && dictionary < data ? dictionary : data);
  const to = from + Number(size);
  if (from < 4 || to > bytes || size < 0n) throw new Error('it lies outside of the file');
  return { from, to, about, rows: Number(rows) };
}
