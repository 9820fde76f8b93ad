import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadTableOptions } from '../../../src/formats/format.js';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import { columnReader, type Table } from '../../../src/table.js';

/** Reads a table that a text or bytes are the file of. */
export async function tableOf(
  content: string | Uint8Array,
  options?: ReadTableOptions,
  name = 'table.csv',
): Promise<Table> {
  // A folder for each call: this module outlives the tests of a file.
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-test-'));
  try {
    writeFileSync(join(folder, name), content);
    return await readTable(fileSource(join(folder, name)), options);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
