import type { ReadTableOptions } from '../../../src/formats/format.js';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import { columnReader, type Table } from '../../../src/table.js';
import { temporaryFiles } from '../../temporary-files.js';

const { write } = temporaryFiles();
let files = 0;

/** Reads a table that a text or bytes are the file of. */
export function tableOf(content: string | Uint8Array, options?: ReadTableOptions, name = 'table.csv'): Promise<Table> {
  files += 1;
  return readTable(fileSource(write(`${files}-${name}`, content)), options);
}

/** Column by column, text as words, null for missing, numbers in double precision where the table has them. */
export function contents(table: Table): Record<string, (number | string | null)[]> {
  return Object.fromEntries(
    table.columns.map(({ name, categories }, c) => {
      const read = columnReader(table, c);
      const cells = Array.from({ length: table.rows }, (_, row) => {
        const value = read(row);
        if (Number.isNaN(value)) return null;
        return categories ? (categories[value] as string) : value;
      });
      return [name, cells];
    }),
  );
}
