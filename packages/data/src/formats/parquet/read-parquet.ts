import { InputError } from '@lrfind/core';
import type { FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import type { ByteChunk, ByteSource } from '../../bytes.js';
import type { CellColumn } from '../cells/cell.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { withoutPandasIndex } from '../pandas-index.js';
import { readBytes } from '../read-text.js';

/** The first and the last bytes of every file. */
const MAGIC = [0x50, 0x41, 0x52, 0x31];
/** Rows that a file may declare beside so many for each of its bytes: hostile files declare any number. */
const FREE_ROWS = 1e5;
const ROWS_A_BYTE = 256;

/**
 * Parquet, packed by any of its methods but LZO, with every encoding. Dictionaries, dates, times, decimals, booleans and
 * whole numbers of any size are read; pandas's own index without a name is left out.
 *
 * Reading throws InputError naming the file and the column, for lists, records, bytes and times of day, for encrypted files,
 * and for a file that is damaged.
 */
export const parquetFormat: TableFormat = {
  name: 'Parquet',
  extensions: ['.parquet', '.pq'],
  matches: (head) => MAGIC.every((byte, i) => head[i] === byte),
  async read(source, chunks, options) {
    const { name } = source;
    const file = await randomAccess(source, chunks);
    // Loaded only now, so that other tables wait for none of it.
    const [{ parquetMetadataAsync, parquetSchema }, { readColumnChunk }, { columnCells, unreadable }] =
      await Promise.all([import('hyparquet'), import('./column-chunk.js'), import('./column-cells.js')]);
    const metadata = await undamaged(name, () => parquetMetadataAsync(file, { geoparquet: false }));
    const schema = await undamaged(name, async () => parquetSchema(metadata));
    const rows = Number(metadata.num_rows);
    checkRows(name, rows, metadata, file.byteLength);
    for (const { element, ...rest } of schema.children) {
      const why = unreadable({ element, ...rest });
      if (why !== undefined)
        throw new InputError(
          `${name}: column "${element.name}" must hold numbers, text, booleans or dates; got ${why}`,
        );
    }
    const columns: CellColumn[] = [];
    for (const [i, column] of schema.children.entries()) {
      const cells = await undamaged(`${name}: column "${column.element.name}"`, async () => {
        const pages = [];
        for (const group of metadata.row_groups) {
          const { from, to, about } = chunkOf(group, i, column, file.byteLength);
          const bytes = await file.slice(from, to);
          for (const page of readColumnChunk(bytes, about, [schema, column], Number(group.num_rows))) pages.push(page);
        }
        return columnCells(column.element, pages, rows);
      });
      columns.push({ name: column.element.name, cells });
      options.onProgress?.({ fraction: (i + 1) / schema.children.length, rows });
    }
    const pandas = metadata.key_value_metadata?.find(({ key }) => key === 'pandas')?.value;
    return tableOfCells(
      { source: name, rows, place: (row) => `row ${row + 1}`, ...withoutPandasIndex(columns, pandas) },
      options,
    );
  },
};

/** A file that is read in parts, or as a whole where it was packed. */
async function randomAccess(source: ByteSource, chunks: AsyncIterable<ByteChunk>) {
  const size = await source.size();
  const start = size < 8 ? new Uint8Array() : await source.slice(0, 4);
  const plain = MAGIC.every((byte, i) => start[i] === byte);
  const whole = plain ? undefined : await readBytes(source.name, chunks);
  return {
    byteLength: whole ? whole.length : size,
    slice: async (from: number, to?: number) => {
      const bytes = whole ? whole.subarray(from, to) : await source.slice(from, to);
      // A copy of its own, since decoders take the buffer beneath.
      return new Uint8Array(bytes).buffer as ArrayBuffer;
    },
  };
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
function chunkOf({ columns }: RowGroup, index: number, { element }: SchemaTree, bytes: number) {
  const about = columns[index]?.meta_data;
  if (!about) throw new Error('it has no description, or is encrypted');
  if (about.path_in_schema.join() !== element.name || about.type !== element.type)
    throw new Error('its description is that of another column');
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = about;
  const from = Number(dictionary && dictionary > 0n && dictionary < data ? dictionary : data);
  const to = from + Number(size);
  if (from < 4 || to > bytes || size < 0n) throw new Error('it lies outside of the file');
  return { from, to, about };
}
