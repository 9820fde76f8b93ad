import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/formats/registry.js';
import { content, fixtureBytes, readFixture } from '../fixture-tables.js';
import { memorySource } from '../memory-source.js';

const both = ['flats-snappy.parquet', 'flats-lz4.feather'];

describe('refused by column and type:', () => {
  test.each(['nested.parquet', 'nested.feather'])('%s', async (name) => {
    await expect(readFixture(name)).rejects.toThrow(
      `${name}: column "b" must hold numbers, text, booleans or dates; got lists`,
    );
  });
});

test.each(both)('%s is refused where it is cut off, at any byte', async (name) => {
  const bytes = fixtureBytes(name);
  for (let length = 12; length < bytes.length; length += 97)
    await expect(readTable(memorySource(name, bytes.subarray(0, length)))).rejects.toThrow(
      /^flats.* is damaged, or not what /,
    );
});

test.each(both)('%s may come in parts, packed with gzip: it is then read as a whole', async (name) => {
  const bytes = fixtureBytes(name);
  const whole = memorySource(name, bytes);
  // What is stored are other bytes than those of the stream.
  const packed = { ...whole, slice: async () => Uint8Array.of(0x1f, 0x8b, 8, 0), size: async () => 1000 };
  expect(content(await readTable(packed))).toEqual(content(await readTable(whole)));
});

test('an index of pandas without a name is left out, and that is said; one with a name is a column', async () => {
  const named = await readFixture('flats-index.parquet');
  expect(named.columns.map(({ name }) => name)).toContain('kind');
  const { columns, notes } = await readFixture('rows-left.parquet');
  expect(columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(notes).toEqual(['left out "__index_level_0__", the index that pandas wrote']);
});

test('a number of rows or values that one part of the file contradicts gives no other rows', async () => {
  const bytes = fixtureBytes('empty-rows.parquet');
  let refused = 0;
  for (let i = 0; i + 1 < bytes.length; i++) {
    // 1000, as thrift and the runs of a page write it.
    if (bytes[i] !== 0xd0 || bytes[i + 1] !== 0x0f) continue;
    const changed = bytes.slice();
    changed[i + 1] = 0x7f;
    const table = await readTable(memorySource('a.parquet', changed)).catch((error) => error);
    if (table instanceof InputError) refused++;
    else expect([table.rows, ...new Set(table.values)]).toEqual([1000, 7]);
  }
  expect(refused).toBeGreaterThanOrEqual(4);
});

test('Feather of version 1 is refused by name', async () => {
  await expect(readTable(memorySource('a.feather', 'FEA1....'))).rejects.toThrow(
    'a.feather is a Feather file of version 1: write it again with a newer version of pyarrow or pandas',
  );
});
