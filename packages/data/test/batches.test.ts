import { expect, test } from 'vitest';
import { endlessBatches, holdOut } from '../src/batches.js';
import { InputError } from '@lrfind/core';
import { repeatableRandom } from './temporary-files.js';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

test('each epoch hands out every row once when batches divide the rows', () => {
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
    new InputError('batch size: 32 is more than the 31 rows there are to train on'),
  );
  expect(() => endlessBatches(10, 0, Math.random)).toThrow('batch size: a whole number above 0 is needed, not 0');
  expect(() => endlessBatches(10, 2.5, Math.random)).toThrow(InputError);
});

test('held-out rows and the rest are all rows, none twice', () => {
  for (const [rows, fraction, count] of [
    [100, 0.2, 20],
    [10, 0.25, 3],
    [10, 0.01, 1],
    [10, 0.99, 9],
    [2, 0.5, 1],
    [7, 0, 0],
  ] as const) {
    const { train, heldOut } = holdOut(rows, fraction, repeatableRandom(7));
    expect(heldOut.length).toBe(count);
    expect(sorted([...train, ...heldOut])).toEqual(upTo(rows));
    expect([...train]).toEqual(sorted(train));
  }
});

test('another seed holds out other rows', () => {
  const held = (seed: number) => [...holdOut(1000, 0.1, repeatableRandom(seed)).heldOut];
  expect(held(1)).toEqual(held(1));
  expect(held(1)).not.toEqual(held(2));
});

test('a part outside 0 to 1 and too few rows are refused', () => {
  for (const fraction of [-0.1, 1, Number.NaN]) expect(() => holdOut(10, fraction, Math.random)).toThrow(InputError);
  expect(() => holdOut(1, 0.5, Math.random)).toThrow('nothing can be held out of 1 rows');
});
