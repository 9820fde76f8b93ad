import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@lrfind/core';
import type { Cell, CellColumn } from '../formats/cells/cell.js';
import type { CellBlock, CellStream } from '../formats/cells/cell-blocks.js';
import type { TimeUnit } from '../formats/cells/date-text.js';
import { streamOfCells } from '../formats/cells/stream-of-cells.js';
import { tableOfBlocks } from '../formats/cells/table-of-cells.js';
import { databaseNames } from '../formats/database-names.js';
import type { TableFormat } from '../formats/format.js';
import { optionalPackage } from './optional-package.js';
import { onlyTable, queryNotes } from './query.js';

/**
 * A DuckDB database, read by the package `@duckdb/node-api`, which is installed by whoever needs it. Without a query the
 * database must have one table.
 *
 * Reading throws InputError when the package is missing, naming the command that installs it, and for columns of lists,
 * records, bytes and times of day.
 */
export const duckdbFormat: TableFormat = {
  name: databaseNames.duckdb,
  extensions: ['.duckdb', '.ddb'],
  options: ['query'],
  matches: isDuckdb,
  read: async ({ name }, _, options) => tableOfBlocks(await queryDuckdb(name, true, options.query), options),
  stream: async ({ name }, _, options) => streamOfCells(await queryDuckdb(name, true, options.query), options),
};

/** The answer of a query over a file, a folder or a pattern of files that DuckDB reads, which the query calls `data`. */
export const filesByDuckdb: TableFormat = {
  name: 'files by DuckDB',
  extensions: [],
  options: ['query'],
  read: async ({ name }, _, options) => tableOfBlocks(await queryDuckdb(name, false, options.query), options),
  stream: async ({ name }, _, options) => streamOfCells(await queryDuckdb(name, false, options.query), options),
};

/** What DuckDB may take: what does not fit, such as the rows that a query sorts, goes into a folder of temporary files. */
const SETTINGS = { memory_limit: '500MB', threads: '2' };

/** Whether a file is a database of DuckDB, from its first bytes. */
export function isDuckdb(head: Uint8Array): boolean {
  return [0x44, 0x55, 0x43, 0x4b].every((byte, i) => head[8 + i] === byte);
}

/**
 * Asks a query, whose answer comes a chunk at a time.
 *
 * @param path of a database; or of a file, a folder or a pattern of files that DuckDB reads, which the query calls `data`
 * @param isDatabase which of these it is
 * @param given must be one SELECT; a database with a single table needs none
 * @returns the answer; its `blocks` close the database when they end
 * @throws InputError for a query that DuckDB refuses, with its words
 */
async function queryDuckdb(path: string, isDatabase: boolean, given: string | undefined): Promise<CellStream> {
  const { DuckDBInstance, StatementType } = await optionalPackage(
    () => import('@duckdb/node-api'),
    '@duckdb/node-api',
    isDatabase ? `${path} is a DuckDB database, which` : 'a query',
  );
  const refuse = (error: unknown) =>
    error instanceof InputError
      ? error
      : new InputError(`${path}: DuckDB says: ${(error as Error).message.trim().split('\n')[0]}`);
  const folder = join(tmpdir(), `lrfind-${randomBytes(8).toString('hex')}.duckdb`);
  const instance = await DuckDBInstance.create(isDatabase ? path : ':memory:', {
    ...SETTINGS,
    temp_directory: folder,
    ...(isDatabase && { access_mode: 'READ_ONLY' }),
  }).catch((error) => {
    throw refuse(error);
  });
  const connection = await instance.connect();
  const close = async () => {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (!isDatabase) await connection.run(`create view data as from '${path.replaceAll("'", "''")}'`);
    const tables = async () =>
      (
        await connection.runAndReadAll('select table_name from duckdb_tables() where not internal order by 1')
      ).getRows();
    const query =
      given ??
      `select * from "${onlyTable(
        path,
        (await tables()).map(([name]) => String(name)),
      ).replaceAll('"', '""')}"`;
    const statements = await connection.extractStatements(query);
    if (statements.count !== 1) throw new InputError(`query must be one SELECT; got ${statements.count} statements`);
    const statement = await statements.prepare(0);
    if (statement.statementType !== StatementType.SELECT)
      throw new InputError('query must be one SELECT; got another statement');
    const result = await statement.stream();
    const names = result.columnNames();
    const types = result.columnTypes().map(String);
    async function* blocks(): AsyncGenerator<CellBlock> {
      try {
        for (;;) {
          const chunk = await result.fetchChunk();
          if (!chunk || chunk.rowCount === 0) break;
          const columns = names.map((name, i) => columnOf(path, name, types[i] as string, chunk.getColumnValues(i)));
          yield { rows: chunk.rowCount, columns, fraction: 0 };
        }
      } catch (error) {
        throw refuse(error);
      } finally {
        await close();
      }
    }
    const place = (row: number) => `row ${row + 1}${given === undefined ? '' : ' of the query'}`;
    return { source: path, names, place, notes: queryNotes(given), blocks: blocks() };
  } catch (error) {
    await close();
    throw refuse(error);
  }
}

/** What the classes of DuckDB hold of a date, a time or a decimal. */
interface DuckdbValue {
  readonly days?: number;
  readonly seconds?: bigint;
  readonly millis?: bigint;
  readonly milliseconds?: bigint;
  readonly micros?: bigint;
  readonly nanos?: bigint;
  readonly nanoseconds?: bigint;
  readonly value?: bigint;
  readonly scale?: number;
}

const units: Readonly<Record<string, TimeUnit>> = {
  DATE: 'D',
  TIMESTAMP_S: 's',
  TIMESTAMP_MS: 'ms',
  TIMESTAMP: 'us',
  TIMESTAMP_NS: 'ns',
  'TIMESTAMP WITH TIME ZONE': 'us',
  TIMESTAMPTZ: 'us',
};

function columnOf(path: string, name: string, type: string, values: readonly unknown[]): CellColumn {
  const unit = units[type];
  if (!unit) return { name, cells: cellsOf(path, name, type, values) };
  const cells = values.map((value) => (value === null ? null : momentOf(value as DuckdbValue)));
  return { name, cells, moments: { unit, zoned: / WITH |TZ$/.test(type) } };
}

function cellsOf(path: string, name: string, type: string, values: readonly unknown[]): CellColumn['cells'] {
  if (type.startsWith('DECIMAL'))
    return values.map((value) => {
      const { value: whole, scale } = (value ?? {}) as DuckdbValue;
      return whole === undefined ? null : Number(`${whole}e${-(scale ?? 0)}`);
    });
  if (type === 'FLOAT') return Float32Array.from(values, (value) => (value === null ? Number.NaN : (value as number)));
  return values.map((value): Cell => {
    if (value === null || typeof value !== 'object') return value as Cell;
    if (type === 'UUID') return String(value);
    throw new InputError(`${path}: column "${name}" must hold numbers, text, booleans or dates; got ${type}`);
  });
}

function momentOf({ days, seconds, millis, milliseconds, micros, nanos, nanoseconds }: DuckdbValue): bigint {
  const moment = seconds ?? millis ?? milliseconds ?? micros ?? nanos ?? nanoseconds;
  return moment ?? BigInt(days as number);
}
