import { InputError } from '@lrfind/core';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { withoutPandasIndex } from '../pandas-index.js';
import { readBytes } from '../read-text.js';

/** The first bytes of a file; a stream has none. */
const FILE_MAGIC = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];

/**
 * Arrow's IPC format: files (Feather of version 2 is one) and streams, packed with LZ4 or zstd or not. Dictionaries, text in
 * offsets and in views, dates, times, decimals, booleans and whole numbers of any size are read; pandas's own index without a
 * name is left out.
 *
 * Reading throws InputError naming the file and the column, for lists, records, bytes and times of day, and for a file that
 * is damaged.
 */
export const arrowFormat: TableFormat = {
  name: 'Arrow',
  extensions: ['.arrow', '.feather', '.ipc', '.arrows'],
  matches: isArrow,
  async read({ name }, chunks, options) {
    const bytes = await readBytes(name, chunks);
    // Loaded only now, so that other tables wait for none of it.
    const { readColumns } = await import('./columns.js');
    let table: ReturnType<typeof readColumns>;
    try {
      table = readColumns(name, bytes);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`${name} is damaged, or not what Arrow allows: ${(error as Error).message}`);
    }
    const { rows, columns, pandas } = table;
    return tableOfCells(
      { source: name, rows, place: (row) => `row ${row + 1}`, ...withoutPandasIndex(columns, pandas) },
      options,
    );
  },
};

/** A file begins with its name; a stream with a message: the schema, whose length is a small number. */
function isArrow(head: Uint8Array): boolean {
  if (FILE_MAGIC.every((byte, i) => head[i] === byte)) return true;
  return [0xff, 0xff, 0xff, 0xff].every((byte, i) => head[i] === byte) && head[6] === 0 && head[7] === 0;
}
