import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { endlessBatches, epochBatches, shuffled } from '../src/batches.js';
import { repeatableRandom } from './temporary-files.js';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

test('each epoch has every row once when batches divide the rows', () => {
  const batches = endlessBatches(12, 4, repeatableRandom(1));
  for (let epoch = 0; epoch < 5; epoch++)
    expect(sorted(upTo(3).flatMap(() => [...batches.next().value]))).toEqual(upTo(12));
});

test('rows that do not fill a batch are left out, others in each epoch', () => {
  const batches = endlessBatches(11, 4, repeatableRandom(2));
  const left = new Set<string>();
  for (let epoch = 0; epoch < 20; epoch++) {
    const seen = new Set(upTo(2).flatMap(() => [...batches.next().value]));
    expect(seen.size).toBe(8);
    left.add(
      upTo(11)
        .filter((row) => !seen.has(row))
        .join(),
    );
  }
  expect(left.size).toBeGreaterThan(5);
});

test('the order depends on the random numbers alone, and no batch is changed later', () => {
  const take = (seed: number) => {
    const batches = endlessBatches(50, 8, repeatableRandom(seed));
    return upTo(20).map(() => batches.next().value);
  };
  expect(take(3)).toEqual(take(3));
  expect(take(3)).not.toEqual(take(4));
  const batches = endlessBatches(4, 4, repeatableRandom(5));
  const first = batches.next().value;
  const copy = [...first];
  batches.next();
  expect([...first]).toEqual(copy);
});

test('every permutation of three rows is equally likely', () => {
  const batches = endlessBatches(3, 3, repeatableRandom(6));
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw++) {
    const order = batches.next().value.join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Five standard deviations of a binomial with n = 6000 and p = 1/6 are 144.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
});

test('fewer rows than a batch, or a batch of no rows, are refused', () => {
  expect(() => endlessBatches(31, 32, Math.random)).toThrow(
    new InputError('batchSize must be at most the 31 rows to train on; got 32'),
  );
  expect(() => endlessBatches(10, 0, Math.random)).toThrow('batchSize must be a whole number at least 1; got 0');
  expect(() => endlessBatches(10, 2.5, Math.random)).toThrow(InputError);
});

test.each([
  [3, [3, 3, 1]],
  [7, [7]],
  [10, [7]],
  [1, [1, 1, 1, 1, 1, 1, 1]],
])('batches of %i rows have each row of an epoch once; the last holds the rest', (size, lengths) => {
  const rows = Int32Array.of(3, 5, 8, 13, 21, 34, 55);
  const batches = epochBatches(rows, size, repeatableRandom(1));
  expect(batches.map(({ length }) => length)).toEqual(lengths);
  expect(sorted(batches.flatMap((batch) => [...batch]))).toEqual([...rows]);
  expect([...rows]).toEqual([3, 5, 8, 13, 21, 34, 55]);
  expect(epochBatches(rows, size, repeatableRandom(1))).toEqual(batches);
  expect(epochBatches(rows, size, repeatableRandom(2))).not.toEqual(batches);
});

test('an epoch of no rows has no batches', () => {
  expect(epochBatches(new Int32Array(), 3, repeatableRandom(8))).toEqual([]);
});

test('every order of three rows of an epoch is equally likely', () => {
  const random = repeatableRandom(2);
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw++) {
    const order = epochBatches(Int32Array.of(4, 7, 9), 2, random).join(';');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Five standard deviations of a binomial with n = 6000 and p = 1/6 are 144.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
});

test('an order contains each number once, and none for no rows', () => {
  expect(sorted(shuffled(100, repeatableRandom(1)))).toEqual(upTo(100));
  expect(shuffled(0, Math.random)).toEqual(new Int32Array());
});

test('without random numbers the rows stay in order, in every epoch', () => {
  const batches = endlessBatches(7, 3, null);
  expect(upTo(4).map(() => [...batches.next().value])).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(epochBatches(Int32Array.of(4, 2, 9), 2, null).map((batch) => [...batch])).toEqual([[4, 2], [9]]);
});
