import { describe, expect, test } from 'vitest';
import { readTable } from '../../../src/formats/registry.js';
import { readFixture } from '../../fixture-tables.js';
import { memorySource } from '../../memory-source.js';

test.each([
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images.idx3-ubyte',
  't10k-labels.idx1-ubyte',
])('%s is read with the file beside it, and is the table of the CSV file', async (name) => {
  const table = await readFixture(name);
  expect([...table.values]).toEqual([...(await readFixture('digits.csv')).values]);
  expect(table.groups).toEqual([
    { name: 'x', shape: [4, 4], from: 0, to: 16 },
    { name: 'y', shape: [], from: 16, to: 17 },
  ]);
  expect(table.notes?.[0]).toMatch(/^images of .*images.*, labels of .*labels/);
});

const idx = (shape: readonly number[], data: readonly number[], type = 8) =>
  Uint8Array.from([
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((length) => [...new Uint8Array(Uint32Array.of(length).buffer)].reverse()),
    ...data,
  ]);

test('numbers are big-endian', async () => {
  const labels = { 'labels-idx1-short': idx([2], [7, 8]) };
  const table = await readTable(
    memorySource('images-idx3-short', idx([2, 1, 2], [0, 1, 1, 0, 0xff, 0xff, 0x80, 0], 11), labels),
  );
  expect([...table.values]).toEqual([1, 256, 7, -1, -32768, 8]);
});

describe('refused:', () => {
  test('a shape that the file does not have, before anything is allocated', async () => {
    const bytes = Uint8Array.of(0, 0, 8, 3, ...Array(12).fill(0xff), 1, 2);
    await expect(readTable(memorySource('images-idx3', bytes))).rejects.toThrow(
      'images-idx3 must have 79200000000 EB for its shape 4294967295×4294967295×4294967295; got 2 bytes',
    );
  });
  test('images without labels, and a name that says neither', async () => {
    await expect(readTable(memorySource('digits.idx', idx([1, 1], [1])))).rejects.toThrow(
      'digits.idx must be called images or labels, such as train-images-idx3-ubyte, beside the other file',
    );
  });
  test('different numbers of images and labels', async () => {
    const labels = { 'labels-idx1-ubyte': idx([3], [1, 2, 3]) };
    await expect(readTable(memorySource('images-idx3-ubyte', idx([2, 1, 1], [1, 2]), labels))).rejects.toThrow(
      'images-idx3-ubyte: "y" must have 2 rows, as "x" has; got 3',
    );
  });
});
