import { beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../src/table.js';
import { content, readFixture as read } from '../fixture-tables.js';

// fixtures/tables/write.py writes one table with pandas and pyarrow in every format.

/** A column that a CSV file may hold as words and other formats as booleans: 1 where a word is "True". */
function withBooleans(table: Table, name: string): Table {
  const index = table.columns.findIndex((column) => column.name === name);
  const { categories } = table.columns[index] as Table['columns'][number];
  if (!categories) return table;
  expect(categories).toEqual(['False', 'True']);
  return { ...table, columns: table.columns.with(index, { name, kind: 'number' }) };
}

const files = [
  'flats-records.json',
  'flats-columns.json',
  'flats-split.json',
  'flats-table.json',
  'flats-lists.json',
  'flats.jsonl',
];

describe('the same rows give the same table, bit for bit, as CSV and as', () => {
  let csv: Table;
  beforeAll(async () => {
    csv = await read('flats.csv');
  });

  test.each(files)('%s', async (name) => {
    expect(content(await read(name))).toEqual(content(withBooleans(csv, 'sold')));
  });

  test.each(files)('%s with a column of numbers as categories', async (name) => {
    const options = { categorical: ['identifier'] };
    const wanted = withBooleans(await read('flats.csv', options), 'sold');
    expect(content(await read(name, options))).toEqual(content(wanted));
  });

  test.each(files)('%s read like the table of CSV', async (name) => {
    const like = withBooleans(csv, 'sold');
    expect(content(await read(name, { like }))).toEqual(content(like));
  });
});
