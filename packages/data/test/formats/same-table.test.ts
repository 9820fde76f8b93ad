import { beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../src/table.js';
import { content, readFixture as read } from '../fixture-tables.js';

// fixtures/tables/write.py writes one table with pandas and pyarrow in every format.

const files = [
  'flats-records.json',
  'flats-columns.json',
  'flats-split.json',
  'flats-table.json',
  'flats-lists.json',
  'flats.jsonl',
  ...['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'v2', 'delta', 'pandas'].map(
    (name) => `flats-${name}.parquet`,
  ),
  ...['uncompressed', 'lz4', 'zstd'].map((name) => `flats-${name}.feather`),
  ...['flats.arrows', 'flats-views.arrow', 'flats.xlsx'],
];

test.each(['typed.parquet', 'typed.feather'])(
  '%s has the values of the CSV file in columns of every type',
  async (name) => {
    const [csv, table] = await Promise.all([read('typed.csv'), read(name)]);
    const index = table.columns.findIndex((column) => column.name === 'bool');
    const width = table.columns.length;
    expect([0, 1, 2].map((row) => table.values[row * width + index])).toEqual([1, Number.NaN, 0]);
    for (const [i, { name: column }] of csv.columns.entries()) {
      const at = table.columns.findIndex((other) => other.name === column);
      const { exact, categories } = table.columns[at] as Table['columns'][number];
      expect({ column, exact, categories }).toEqual({
        column,
        exact: csv.columns[i]?.exact,
        categories: csv.columns[i]?.categories,
      });
      for (let row = 0; row < 3; row++)
        expect(table.values[row * width + at], `${column}, row ${row + 1}`).toBe(
          csv.values[row * csv.columns.length + i],
        );
    }
  },
);

describe('the same rows give the same table, bit for bit, as CSV and as', () => {
  let csv: Table;
  beforeAll(async () => {
    csv = await read('flats.csv');
  });

  test.each(files)('%s', async (name) => {
    expect(content(await read(name))).toEqual(content(csv));
  });

  test.each(files)('%s with a column of numbers as categories', async (name) => {
    const options = { categorical: ['identifier'] };
    const wanted = await read('flats.csv', options);
    expect(content(await read(name, options))).toEqual(content(wanted));
  });

  test.each(files)('%s read like the table of CSV', async (name) => {
    expect(content(await read(name, { like: csv }))).toEqual(content(csv));
  });
});
