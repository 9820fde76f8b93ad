import { InputError } from '@lrfind/core';
import type { ByteSource } from '../bytes.js';
import type { Cell } from '../formats/cells/cell.js';
import type { CellBlock, CellStream } from '../formats/cells/cell-blocks.js';
import { streamOfCells } from '../formats/cells/stream-of-cells.js';
import { tableOfBlocks } from '../formats/cells/table-of-cells.js';
import { databaseNames } from '../formats/database-names.js';
import type { TableFormat } from '../formats/format.js';
import { readBytes } from '../formats/read-text.js';
import { optionalPackage } from './optional-package.js';
import { onlyTable, queryNotes } from './query.js';

const MAGIC = new TextEncoder().encode('SQLite format 3\0');

/**
 * An SQLite database, read by the package `sql.js`, which is installed by whoever needs it. Without a query the database must
 * have one table. The database is in memory as a whole, its rows are not.
 *
 * Reading throws InputError when the package is missing, naming the command that installs it, for bytes in the place of a
 * value, and for a database that is damaged or larger than 2 GB.
 */
export const sqliteFormat: TableFormat = {
  name: databaseNames.sqlite,
  extensions: ['.sqlite', '.sqlite3', '.db'],
  options: ['query'],
  matches: isSqlite,
  read: async (source, chunks, { query, ...options }) =>
    tableOfBlocks(await querySqlite(source.name, await bytesOf(source, chunks, query), query), options),
  stream: async (source, chunks, { query, ...options }) =>
    streamOfCells(await querySqlite(source.name, await bytesOf(source, chunks, query), query), options),
};

/** SQLite reads a database that is in memory as a whole. */
const MAX_BYTES = 2 ** 31 - 2 ** 20;
/** Rows that are taken at once. */
const BLOCK_ROWS = 4096;

/** Whether a file is a database of SQLite, from its first bytes. */
export function isSqlite(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** The content of a database, which a query reads by its path. */
function bytesOf(source: ByteSource, chunks: Parameters<TableFormat['read']>[1], query: string | undefined) {
  return readBytes(source.name, query === undefined ? chunks : source.stream(), MAX_BYTES);
}

/**
 * Asks a query, whose answer comes some rows at a time.
 *
 * @param name what messages call the database
 * @param bytes all of it
 * @param given a database with a single table needs none
 * @returns the answer; its `blocks` close the database when they end
 * @throws InputError for a query that SQLite refuses, with its words
 */
async function querySqlite(name: string, bytes: Uint8Array, given: string | undefined): Promise<CellStream> {
  const { default: load } = await optionalPackage(
    () => import('sql.js'),
    'sql.js',
    `${name} is an SQLite database, which`,
  );
  const { Database } = await load();
  const database = new Database(bytes);
  const refuse = (error: unknown) =>
    error instanceof InputError ? error : new InputError(`${name}: SQLite says: ${(error as Error).message}`);
  try {
    const tables = database.exec(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 1",
    );
    const query =
      given ??
      `select * from "${onlyTable(
        name,
        (tables[0]?.values ?? []).map(([table]) => String(table)),
      ).replaceAll('"', '""')}"`;
    const statement = database.prepare(query);
    const names = statement.getColumnNames();
    const place = (row: number) => `row ${row + 1}${given === undefined ? '' : ' of the query'}`;
    async function* blocks(): AsyncGenerator<CellBlock> {
      let first = 0;
      try {
        // A step after the last one would begin again.
        for (let isMore = true; isMore; ) {
          const columns = names.map((column) => ({ name: column, cells: [] as Cell[] }));
          let rows = 0;
          for (; rows < BLOCK_ROWS; rows++) {
            isMore = statement.step();
            if (!isMore) break;
            // Numbers beyond 2^53 as they are; the types know nothing of this option.
            const values = (statement.get as (parameters: null, config: object) => unknown[])(null, {
              useBigInt: true,
            });
            for (const [i, { name: column, cells }] of columns.entries()) {
              const value = values[i];
              if (typeof value === 'object' && value !== null)
                throw new InputError(
                  `${name}: ${place(first + rows)}, column "${column}" must be a number or a text; got bytes`,
                );
              cells.push(value as Cell);
            }
          }
          first += rows;
          if (rows > 0) yield { rows, columns, fraction: 0 };
        }
      } catch (error) {
        throw refuse(error);
      } finally {
        database.close();
      }
    }
    return { source: name, names, place, notes: queryNotes(given), blocks: blocks() };
  } catch (error) {
    database.close();
    throw refuse(error);
  }
}
