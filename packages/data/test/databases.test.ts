import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTable } from '../src/formats/registry.js';
import { optionalPackage } from '../src/node/optional-package.js';
import { tableSource } from '../src/node.js';
import type { Table } from '../src/table.js';
import { content, fixtureBytes, fixturePath, readFixture } from './fixture-tables.js';
import { memorySource } from './memory-source.js';
import { repeatableRandom, temporaryFiles } from './temporary-files.js';

const { folder, write } = temporaryFiles();
const read = (path: string, query?: string) => readTable(tableSource(path), query === undefined ? {} : { query });
const duckdb = join(folder, 'flats.duckdb');
const several = join(folder, 'several.duckdb');

async function create(path: string, ...statements: readonly string[]) {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

let parquet: Table;
beforeAll(async () => {
  await create(duckdb, `create table flats as from '${fixturePath('flats-none.parquet')}'`);
  await create(several, 'create table a as select 1 x, 2 y', 'create table b as select 3 x, [1] y');
  parquet = await readFixture('flats-none.parquet');
});

test('the same rows give the same table, bit for bit, in SQLite, in DuckDB, and as Parquet', async () => {
  expect(content(await read(fixturePath('flats.sqlite')))).toEqual(content(parquet));
  expect(content(await read(duckdb))).toEqual(content(parquet));
});

test('a query over files is the file', async () => {
  const query = 'select * from data';
  expect(content(await read(fixturePath('flats-snappy.parquet'), query))).toEqual(content(parquet));
  const sorted = await read(
    fixturePath('flats-[12].csv'),
    'select size, rooms, kind from data where rooms > 2 order by identifier desc',
  );
  expect([sorted.rows, sorted.place(0)]).toEqual([10, 'row 1 of the query']);
  expect(sorted.notes).toEqual([
    'rows of the query: select size, rooms, kind from data where rooms > 2 order by identifier desc',
  ]);
});

test('a query without an order is noted', async () => {
  const { notes } = await read(fixturePath('flats.sqlite'), 'select rooms,\n  price from flats');
  expect(notes).toEqual([
    'rows of the query: select rooms, price from flats',
    'the query has no ORDER BY: its rows may come in another order each time, and train and validation rows with them',
  ]);
});

test('every type of DuckDB is what it is in Parquet', async () => {
  const typed = await readFixture('typed.parquet');
  expect(content(await read(fixturePath('typed.parquet'), 'select * from data'))).toEqual(content(typed));
});

describe('refused:', () => {
  test.each([
    [
      'a database with several tables',
      several,
      undefined,
      'several.duckdb has 2 tables, a and b: name one with --query "select * from a"',
    ],
    [
      'lists',
      several,
      'select * from b',
      'several.duckdb: column "y" must hold numbers, text, booleans or dates; got INTEGER[]',
    ],
    ['another statement', duckdb, 'drop table flats', 'query must be one SELECT; got another statement'],
    ['two statements', duckdb, 'select 1; select 2', 'query must be one SELECT; got 2 statements'],
    [
      'an unknown table',
      duckdb,
      'select * from flat',
      'flats.duckdb: DuckDB says: Catalog Error: Table with name flat does not exist!',
    ],
    [
      'an unknown column of SQLite',
      fixturePath('flats.sqlite'),
      'select room from flats',
      'flats.sqlite: SQLite says: no such column: room',
    ],
    [
      'no rows',
      duckdb,
      'select * from flats where rooms > 9',
      'flats.duckdb must hold rows; got 8 columns without any',
    ],
    ['a name twice', duckdb, 'select rooms, rooms from flats', 'flats.duckdb must name each column once'],
  ])('%s', async (_, path, query, message) => {
    await expect(read(path, query)).rejects.toThrow(message);
  });

  test('a query of what has no path, and a database that is damaged', async () => {
    await expect(readTable(memorySource('a.csv', 'a\n1\n'), { query: 'select 1' })).rejects.toThrow(
      'query must be given with a database or a file that DuckDB reads; got a.csv',
    );
    const damaged = write('damaged.duckdb', new Uint8Array(20_000).fill(7).fill(0x44, 8, 9));
    await expect(read(damaged)).rejects.toThrow(/damaged\.duckdb/);
  });

  test('a package that is missing, with the command that installs it', async () => {
    const missing = () => import('@duckdb/no-such-package' as string);
    await expect(
      optionalPackage(missing, '@duckdb/no-such-package', 'db.duckdb is a DuckDB database, which'),
    ).rejects.toThrow(
      'db.duckdb is a DuckDB database, which needs the package @duckdb/no-such-package: npm install @duckdb/no-such-package',
    );
  });
});

test('damaged databases of SQLite are read, or refused with one message', async () => {
  const bytes = fixtureBytes('flats.sqlite');
  for (let seed = 0; seed < 100; seed++) {
    const random = repeatableRandom(seed);
    const copy = bytes.slice(0, random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length);
    for (let i = 0; i < 4; i++) copy[16 + Math.floor(random() * (copy.length - 16))] = Math.floor(random() * 256);
    const path = write(`damaged-${seed}.sqlite`, copy);
    const table = await read(path).catch((error) => error);
    expect(table instanceof Error ? table.name : 'rows' in table, `seed ${seed}: ${table}`).toBe(
      table instanceof Error ? 'InputError' : true,
    );
  }
});
