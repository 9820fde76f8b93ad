import { InputError } from '@lrfind/core';
import type { Cell } from '../formats/cells/cell.js';
import { tableOfCells } from '../formats/cells/table-of-cells.js';
import type { ReadTableOptions, TableFormat } from '../formats/format.js';
import { readBytes } from '../formats/read-text.js';
import type { Table } from '../table.js';
import { optionalPackage } from './optional-package.js';
import { onlyTable, queryNotes } from './query.js';

const MAGIC = new TextEncoder().encode('SQLite format 3\0');

/**
 * An SQLite database, read by the package `sql.js`, which is installed by whoever needs it. Without a query the database must
 * have one table.
 *
 * Reading throws InputError when the package is missing, naming the command that installs it, for bytes in the place of a
 * value, and for a database that is damaged.
 */
export const sqliteFormat: TableFormat = {
  name: 'SQLite',
  extensions: ['.sqlite', '.sqlite3', '.db'],
  options: ['query'],
  matches: isSqlite,
  read: async ({ name }, chunks, options) => querySqlite(name, await readBytes(name, chunks, MAX_BYTES), options),
};

/** SQLite reads a database that is in memory as a whole. */
const MAX_BYTES = 2 ** 31 - 2 ** 20;

/** Whether a file is a database of SQLite, from its first bytes. */
export function isSqlite(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Reads the answer of a query.
 *
 * @param name what messages call the database
 * @param bytes all of it
 * @param options with a `query`; a database with a single table needs none
 * @throws InputError for a query that SQLite refuses, with its words
 */
export async function querySqlite(name: string, bytes: Uint8Array, options: ReadTableOptions): Promise<Table> {
  const { default: load } = await optionalPackage(
    () => import('sql.js'),
    'sql.js',
    `${name} is an SQLite database, which`,
  );
  const { Database } = await load();
  const database = new Database(bytes);
  try {
    const tables = database.exec(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 1",
    );
    const query =
      options.query ??
      `select * from "${onlyTable(
        name,
        (tables[0]?.values ?? []).map(([table]) => String(table)),
      ).replaceAll('"', '""')}"`;
    const statement = database.prepare(query);
    const names = statement.getColumnNames();
    const columns = names.map((column) => ({ name: column, cells: [] as Cell[] }));
    let rows = 0;
    const place = (row: number) => `row ${row + 1}${options.query === undefined ? '' : ' of the query'}`;
    while (statement.step()) {
      // Numbers beyond 2^53 as they are; the types know nothing of this option.
      const values = (statement.get as (parameters: null, config: object) => unknown[])(null, { useBigInt: true });
      for (const [i, { name: column, cells }] of columns.entries()) {
        const value = values[i];
        if (typeof value === 'object' && value !== null)
          throw new InputError(`${name}: ${place(rows)}, column "${column}" must be a number or a text; got bytes`);
        cells.push(value as Cell);
      }
      rows++;
    }
    return tableOfCells({ source: name, rows, columns, place, notes: queryNotes(options.query) }, options);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name}: SQLite says: ${(error as Error).message}`);
  } finally {
    database.close();
  }
}
