import { InputError, seededRandom } from '@lrfind/core';
import { expect, test } from 'vitest';
import { holdOut, splitDataset } from '../src/split.js';
import { messageOf } from './message-of.js';
import { dataset, upTo } from './small-datasets.js';
import { repeatableRandom } from './temporary-files.js';

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

test('validation rows and the rest are all rows, none twice', () => {
  for (const [rows, share, count] of [
    [100, 0.2, 20],
    [10, 0.25, 3],
    [10, 0.01, 1],
    [10, 0.99, 9],
    [2, 0.5, 1],
    [7, 0, 0],
  ] as const) {
    const { train, heldOut } = holdOut(rows, share, repeatableRandom(7));
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

test('a share outside 0 to 1 and too few rows are refused', () => {
  for (const share of [-0.1, 1, Number.NaN]) expect(() => holdOut(10, share, Math.random)).toThrow(InputError);
  expect(() => holdOut(1, 0.5, Math.random)).toThrow('holding rows out needs at least 2 rows; got 1');
});

test('a fifth is held out by default, at random by the seed', () => {
  const split = (seed: number) => splitDataset(dataset(50, 0), { seed });
  const { dataset: whole, train, heldOut, test: tested } = split(1);
  expect([train.length, heldOut.length, tested.length]).toEqual([40, 10, 0]);
  expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(upTo(50));
  expect(whole).toEqual(dataset(50, 0));
  expect(split(1).heldOut).toEqual(heldOut);
  expect(split(2).heldOut).not.toEqual(heldOut);
  expect(holdOut(50, 0.2, seededRandom(1, 'held out')).heldOut).toEqual(heldOut);
});

test('given validation and test rows follow the training rows, none of which is held out', () => {
  const found = splitDataset(dataset(4, 0), { validation: dataset(2, 100), test: dataset(3, 200), seed: 0 });
  const rows = (numbers: Int32Array) => [...numbers].map((row) => found.dataset.targets[0]?.values[row]);
  expect(rows(found.train)).toEqual([0, 1, 2, 3]);
  expect(rows(found.heldOut)).toEqual([100, 101]);
  expect(rows(found.test)).toEqual([200, 201, 202]);
});

test('with test rows alone, training rows are held out', () => {
  const found = splitDataset(dataset(10, 0), { test: dataset(2, 100), validationSplit: 0.3, seed: 0 });
  expect([found.train.length, found.heldOut.length]).toEqual([7, 3]);
  expect([...found.test].map((row) => found.dataset.targets[0]?.values[row])).toEqual([100, 101]);
});

test('a share of 0 holds nothing out', () => {
  const { train, heldOut } = splitDataset(dataset(5, 0), { validationSplit: 0, seed: 0 });
  expect([[...train], heldOut.length]).toEqual([upTo(5), 0]);
});

test('a share to hold out next to validation rows, and rows of other shapes, are refused', () => {
  expect(
    messageOf(() => splitDataset(dataset(4, 0), { validation: dataset(2, 0), validationSplit: 0.2, seed: 0 })),
  ).toBe('validationSplit must be left out when validation rows are given; got 0.2');
  const other = { ...dataset(2, 0), inputs: [] };
  const named = (options: object) => messageOf(() => splitDataset(dataset(4, 0), { ...options, seed: 0 }));
  expect(named({ validation: other })).toMatch(/^the inputs of the validation rows must have/);
  expect(named({ test: other })).toMatch(/^the inputs of the test rows must have/);
  expect(named({ validation: dataset(2, 0), test: other })).toMatch(/^the inputs of the test rows must have/);
});

test('without random numbers the last rows are held out', () => {
  const { train, heldOut } = holdOut(10, 0.25, null);
  expect([[...train], [...heldOut]]).toEqual([
    [0, 1, 2, 3, 4, 5, 6],
    [7, 8, 9],
  ]);
  const last = splitDataset(dataset(10, 0), { validationSplit: 0.2, split: 'last', seed: 5 });
  expect([...last.heldOut]).toEqual([8, 9]);
});
