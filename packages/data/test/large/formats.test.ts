import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { strToU8, zipSync } from 'fflate';
import initSqlJs from 'sql.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTable } from '../../src/formats/registry.js';
import { type ScanTableOptions, scanTable } from '../../src/large/scan-table.js';
import { diskStore, tableSource } from '../../src/node.js';
import type { Table, WholeTable } from '../../src/table.js';
import { fixturePath, content as tableContent } from '../fixture-tables.js';
import { temporaryFiles } from '../temporary-files.js';

// fixtures/tables/large/write.py writes one table of 1,500 rows with pandas and pyarrow; here it is put into databases and shards.

const { folder } = temporaryFiles();
const made = (name: string) => join(folder, name);
const fixture = (name: string) => fixturePath(`large/${name}`);
const ROWS = 1500;

/** So little memory that the table is sampled. */
const little: ScanTableOptions = { missing: 'mean', memory: 30_000 };
const scan = (path: string, options: Partial<ScanTableOptions> = {}) =>
  scanTable(tableSource(path), { ...little, ...options });

/** What a sample is, without how its places are named and what was noted; numbers as their bits. */
function content(table: Table) {
  const { whole } = table;
  return {
    ...tableContent(table),
    whole: whole && { ...whole, blocks: undefined, numbers: [...whole.numbers] },
  };
}

/** The blocks of a training. */
async function blocksOf(path: string) {
  const { whole } = await scan(path, { store: () => diskStore(path, folder), blockRows: 333 });
  const { blocks } = whole as WholeTable;
  const read = [];
  for (const block of blocks?.lengths.keys() ?? []) read.push(content((await blocks?.read(block)) as Table));
  await blocks?.close();
  return read;
}

const single = ['big.jsonl', 'groups.parquet', 'pages.parquet', 'big.feather', 'big.arrows'].map(fixture);
const databases = ['big.duckdb', 'big.sqlite'].map(made);
const shards = [made('csv-shards'), made('jsonl-shards'), fixture('shard-*.parquet'), made('shards.zip')];
const files = [...single, ...databases, ...shards, made('duckdb.parquet'), made('big.csv.gz'), made('mixed-shards')];
const arrays = ['arrays.npz', 'fortran.npz', 'packed.npz', 'packed-fortran.npz'].map(fixture);

beforeAll(async () => {
  const csv = readFileSync(fixture('big.csv'), 'utf8');
  const [header, ...lines] = csv.trimEnd().split('\n') as [string, ...string[]];
  const json = readFileSync(fixture('big.jsonl'), 'utf8').trimEnd().split('\n');
  writeFileSync(made('big.csv.gz'), gzipSync(csv));
  for (const name of ['csv-shards', 'jsonl-shards', 'mixed-shards']) mkdirSync(made(name));
  const parts = [0, 1200, 1210].map((from, i, all) => [from, all[i + 1] ?? ROWS] as const);
  const texts = parts.map(([from, to]) => `${[header, ...lines.slice(from, to)].join('\n')}\n`);
  for (const [i, [from, to]] of parts.entries()) {
    writeFileSync(made(`csv-shards/${i}.csv`), texts[i] as string);
    writeFileSync(made(`jsonl-shards/${i}.jsonl`), `${json.slice(from, to).join('\n')}\n`);
    // JSON that is read as a whole, shard by shard.
    writeFileSync(made(`mixed-shards/${i}.json`), `[${json.slice(from, to).join()}]`);
  }
  const entries = texts.map((text, i) => [`${i}.csv`, [strToU8(text), { level: i === 1 ? 0 : 6 }]] as const);
  writeFileSync(made('shards.zip'), zipSync(Object.fromEntries(entries) as never));
  const instance = await DuckDBInstance.create(made('big.duckdb'));
  const connection = await instance.connect();
  await connection.run(`create table big as from '${fixture('groups.parquet')}'`);
  // Its pages end with runs that are filled up to 256 values.
  await connection.run(`copy big to '${made('duckdb.parquet')}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run(`create table big (${header})`);
  for (const line of lines) {
    const [id, size, colour, since, sold, label] = line.split(',').map((text) => (text === '' ? null : text));
    const values = [Number(id), size && Number(size), colour, since, sold === 'True' ? 1 : 0, label && Number(label)];
    database.run('insert into big values (?, ?, ?, ?, ?, ?)', values as never);
  }
  writeFileSync(made('big.sqlite'), database.export());
  database.close();
});

describe('a table that does not fit gives the sample and the statistics of CSV, bit for bit, as', () => {
  let wanted: ReturnType<typeof content>;
  beforeAll(async () => {
    const table = await scan(fixture('big.csv'));
    wanted = content(table);
    expect(table.whole?.counts.rows).toBe(ROWS);
    expect(table.rows).toBeLessThan(ROWS / 4);
    // Three days at midnight, and each with a time.
    expect(table.columns[3]?.categories).toHaveLength(6);
    expect(table.columns[3]?.categories?.[0]).toBe('2024-01-31 00:00:00');
    expect(table.columns[0]?.exact).toHaveLength(table.rows);
  });

  test.each(files)('%s', async (path) => {
    expect(content(await scan(path))).toEqual(wanted);
  });

  test.each([...single, ...shards, fixture('big.csv')])('the rows of a query over %s', async (path) => {
    if (/jsonl-shards|zip|feather|arrows|sqlite/.test(path)) return;
    const query = 'select id, size, colour, cast(sold as int) sold, label from data order by id';
    const from = path.endsWith('-shards') ? `${path}/*.csv` : path;
    const { rows, bits, whole } = content(await scan(from, { query }));
    const { columns: __, ...same } = content(await scan(made('big.sqlite'), { query: query.replace('data', 'big') }));
    expect({ rows, bits, whole }).toEqual(same);
  });

  test.each(files)('%s, in the blocks of a training', async (path) => {
    expect(await blocksOf(path)).toEqual(await blocksOf(fixture('big.csv')));
  });

  test.each(files)('%s with a column that is left out and one of categories', async (path) => {
    const options = { ignore: ['id'], categorical: ['label'], target: 'label', missing: 'drop' } as const;
    const [own, csv] = [content(await scan(path, options)), content(await scan(fixture('big.csv'), options))];
    const without = ({ columns, whole }: typeof own) => ({ columns: columns.slice(1), counts: whole?.counts });
    expect(without(own)).toEqual(without(csv));
    expect(own.rows).toBe(csv.rows);
  });
});

test.each(files)('%s that fits is what readTable gives', async (path) => {
  const { place: scanned, ...table } = await scan(path, { memory: 1e9 });
  const { place, ...read } = await readTable(tableSource(path));
  expect(table).toEqual(read);
  for (const row of [0, 1205, ROWS - 1]) expect(scanned(row)).toBe(place(row));
});

describe('arrays that do not fit give the sample of CSV, bit for bit, as', () => {
  test.each(arrays)('%s, with their names and their shapes', async (path) => {
    const [table, csv] = [await scan(path), await scan(fixture('arrays.csv'))];
    expect(content(table)).toEqual(content(csv));
    expect(table.groups).toEqual([
      { name: 'x', shape: [2, 2], from: 0, to: 4 },
      { name: 'y', shape: [], from: 4, to: 5 },
    ]);
    expect(table.defaultTarget).toBe('y');
    expect(await blocksOf(path)).toEqual(await blocksOf(fixture('arrays.csv')));
  });

  test.each(['c-order.npy', 'fortran.npy'].map(fixture))('%s', async (path) => {
    const [table, csv] = [content(await scan(path)), content(await scan(fixture('arrays.csv')))];
    expect(table.bits).toEqual(csv.bits);
    expect(table.whole).toEqual(csv.whole);
  });
});

describe('JSON lines', () => {
  const record = (i: number) => JSON.stringify({ a: i, y: i % 2, ...(i === 1400 && { late: 7 }) });
  const text = `${Array.from({ length: ROWS }, (_, i) => record(i)).join('\n')}\n`;

  test('may have a new name in a late record: the file is read once more', async () => {
    writeFileSync(made('late.jsonl'), text);
    const table = await scan(made('late.jsonl'), { memory: 20_000 });
    expect(table.columns.map(({ name }) => name)).toEqual(['a', 'y', 'late']);
    expect(table.whole?.counts.missingTargets.get(2)).toBe(ROWS - 1);
  });
});

describe('refused where it is noticed, whether the table fits or not:', () => {
  test('an archive whose content is not what its checksum says', async () => {
    for (const name of ['arrays.npz', 'packed.npz', 'fortran.npz']) {
      const bytes = readFileSync(fixture(name));
      bytes[2000] = (bytes[2000] as number) ^ 1;
      writeFileSync(made(name), bytes);
      for (const memory of [1e9, 30_000])
        await expect(scan(made(name), { memory })).rejects.toThrow(
          /is a damaged zip archive: "x\.npy" has other content/,
        );
    }
  });

  test.each([
    ['groups.parquet', /groups\.parquet(: column "\w+")? is damaged/],
    ['pages.parquet', /pages\.parquet(: column "\w+")? is damaged/],
    ['big.feather', /big\.feather is damaged/],
    ['big.arrows', /big\.arrows is damaged/],
  ])('%s that is cut off', async (name, message) => {
    const bytes = readFileSync(fixture(name));
    writeFileSync(made(name), bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    for (const memory of [1e9, 30_000]) await expect(scan(made(name), { memory })).rejects.toThrow(message);
  });

  test('shards with other columns, naming both', async () => {
    mkdirSync(made('other-shards'));
    writeFileSync(made('other-shards/0.csv'), 'a,y\n1,2\n');
    writeFileSync(made('other-shards/1.csv'), 'b,y\n1,2\n');
    await expect(scan(made('other-shards'))).rejects.toThrow(/1\.csv must have the columns of .*0\.csv; it lacks "a"/);
  });
});
