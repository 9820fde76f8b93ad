import { InputError } from '@lrfind/core';
import type { Cell, CellColumn } from '../formats/cells/cell.js';
import { momentTexts, type TimeUnit } from '../formats/cells/date-text.js';
import { tableOfCells } from '../formats/cells/table-of-cells.js';
import type { ReadTableOptions, TableFormat } from '../formats/format.js';
import type { Table } from '../table.js';
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
  name: 'DuckDB',
  extensions: ['.duckdb', '.ddb'],
  options: ['query'],
  matches: isDuckdb,
  read: ({ name }, _, options) => queryDuckdb(name, true, options),
};

/** Whether a file is a database of DuckDB, from its first bytes. */
export function isDuckdb(head: Uint8Array): boolean {
  return [0x44, 0x55, 0x43, 0x4b].every((byte, i) => head[8 + i] === byte);
}

/**
 * Reads the answer of a query.
 *
 * @param path of a database; or of a file, a folder or a pattern of files that DuckDB reads, which the query calls `data`
 * @param isDatabase which of these it is
 * @param options with a `query`, which must be one SELECT; a database with a single table needs none
 * @throws InputError for a query that DuckDB refuses, with its words
 */
export async function queryDuckdb(path: string, isDatabase: boolean, options: ReadTableOptions): Promise<Table> {
  const { DuckDBInstance, StatementType } = await optionalPackage(
    () => import('@duckdb/node-api'),
    '@duckdb/node-api',
    isDatabase ? `${path} is a DuckDB database, which` : 'a query',
  );
  const refuse = (error: unknown) =>
    new InputError(`${path}: DuckDB says: ${(error as Error).message.trim().split('\n')[0]}`);
  const instance = await DuckDBInstance.create(
    isDatabase ? path : ':memory:',
    isDatabase ? { access_mode: 'READ_ONLY' } : {},
  ).catch((error) => {
    throw refuse(error);
  });
  const connection = await instance.connect();
  try {
    const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
    if (!isDatabase) await connection.run(`create view data as from '${path.replaceAll("'", "''")}'`);
    const query =
      options.query ??
      `select * from "${onlyTable(
        path,
        (await rowsOf('select table_name from duckdb_tables() where not internal order by 1')).map(([name]) =>
          String(name),
        ),
      ).replaceAll('"', '""')}"`;
    const statements = await connection.extractStatements(query);
    if (statements.count !== 1) throw new InputError(`query must be one SELECT; got ${statements.count} statements`);
    const statement = await statements.prepare(0);
    if (statement.statementType !== StatementType.SELECT)
      throw new InputError('query must be one SELECT; got another statement');
    const reader = await statement.runAndReadAll();
    const names = reader.columnNames();
    const types = reader.columnTypes().map(String);
    const values = reader.getColumns();
    const columns = names.map(
      (name, i): CellColumn => ({ name, cells: cellsOf(path, name, types[i] as string, values[i] ?? []) }),
    );
    const place = (row: number) => `row ${row + 1}${options.query === undefined ? '' : ' of the query'}`;
    return tableOfCells(
      { source: path, rows: reader.currentRowCount, columns, place, notes: queryNotes(options.query) },
      options,
    );
  } catch (error) {
    throw error instanceof InputError ? error : refuse(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
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

function cellsOf(path: string, name: string, type: string, values: readonly unknown[]): CellColumn['cells'] {
  const unit = units[type];
  if (unit)
    return momentTexts(
      values.map((value) => (value === null ? null : momentOf(value as DuckdbValue))),
      unit,
      / WITH |TZ$/.test(type),
    );
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
