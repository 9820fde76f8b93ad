import { expect, test } from 'vitest';
import { holdOut } from '../src/batches.js';
import type { Dataset } from '../src/dataset.js';
import { concatDatasets } from '../src/join-sources.js';
import { splitDataset } from '../src/split.js';
import { seededRandom } from '@lrfind/core';
import { messageOf } from '../../core/test/schedules/message-of.js';

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => i + from);

/** Rows of two numbers and of one, that tell where they came from. */
const table = (rows: number, from: number, whole = false): Dataset => ({
  rows,
  inputs: [
    { shape: [2], values: Float32Array.from({ length: 2 * rows }, (_, i) => from + i / 2), columns: ['a', 'b'] },
  ],
  targets: [{ shape: [], values: (whole ? Int32Array : Float32Array).from(upTo(rows, from)) }],
  notes: [`from ${from}`],
});

test('joined tables have the rows of all, one after the other, and the notes of all', () => {
  const joined = concatDatasets([table(2, 0), table(1, 10), table(3, 20)], ['a', 'b', 'c']);
  expect(joined).toEqual({
    rows: 6,
    inputs: [
      {
        shape: [2],
        values: Float32Array.of(0, 0.5, 1, 1.5, 10, 10.5, 20, 20.5, 21, 21.5, 22, 22.5),
        columns: ['a', 'b'],
      },
    ],
    targets: [{ shape: [], values: Float32Array.of(0, 1, 10, 20, 21, 22) }],
    notes: ['from 0', 'from 10', 'from 20'],
  });
});

test('one table stays what it is; whole numbers stay so where all are', () => {
  const alone = table(3, 0);
  expect(concatDatasets([alone], ['a'])).toBe(alone);
  const values = (...sources: Dataset[]) => concatDatasets(sources, ['a', 'b']).targets[0]?.values;
  expect(values(table(1, 2, true), table(1, 4, true))).toEqual(Int32Array.of(2, 4));
  expect(values(table(1, 2, true), table(1, 4))).toEqual(Float32Array.of(2, 4));
});

test('tables of other shapes are refused, naming both', () => {
  const [two, one] = [table(2, 0), { ...table(2, 0), inputs: table(2, 0).targets }];
  const targets = { ...two, targets: [...two.targets, ...two.targets] };
  const names = ['the training rows', 'the test rows'];
  expect(messageOf(() => concatDatasets([two, one], names))).toBe(
    'the inputs of the test rows have shapes [] a row, those of the training rows [2]',
  );
  expect(messageOf(() => concatDatasets([two, targets], names))).toBe(
    'the targets of the test rows have shapes [], [] a row, those of the training rows []',
  );
});

test('a fifth is held out by default, at random by the seed', () => {
  const split = (seed: number) => splitDataset(table(50, 0), { seed });
  const { source, train, heldOut, test: tested, sweep } = split(1);
  expect([train.length, heldOut.length, tested.length]).toEqual([40, 10, 0]);
  expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(upTo(50));
  expect(source).toEqual(table(50, 0));
  expect(split(1).heldOut).toEqual(heldOut);
  expect(split(2).heldOut).not.toEqual(heldOut);
  // A sweep over what it is given holds out the very same rows.
  expect(sweep).toEqual({ data: table(50, 0), validationSplit: 0.2 });
  expect(holdOut(50, sweep.validationSplit, seededRandom(1, 'held out')).heldOut).toEqual(heldOut);
});

test('rows of their own for validation and test stand behind the training rows, of which none is held out', () => {
  const found = splitDataset(table(4, 0), { validation: table(2, 100), test: table(3, 200), seed: 0 });
  const rows = (numbers: Int32Array) => [...numbers].map((row) => found.source.targets[0]?.values[row]);
  expect(rows(found.train)).toEqual([0, 1, 2, 3]);
  expect(rows(found.heldOut)).toEqual([100, 101]);
  expect(rows(found.test)).toEqual([200, 201, 202]);
  expect(found.sweep).toEqual({ data: table(4, 0), validationSplit: 0 });
});

test('test rows alone leave a part to be held out', () => {
  const found = splitDataset(table(10, 0), { test: table(2, 100), validationSplit: 0.3, seed: 0 });
  expect([found.train.length, found.heldOut.length]).toEqual([7, 3]);
  expect([...found.test].map((row) => found.source.targets[0]?.values[row])).toEqual([100, 101]);
  expect(found.sweep.validationSplit).toBe(0.3);
});

test('nothing is held out where that is wished', () => {
  const { train, heldOut } = splitDataset(table(5, 0), { validationSplit: 0, seed: 0 });
  expect([[...train], heldOut.length]).toEqual([upTo(5), 0]);
});

test('a share to hold out beside rows of their own, and rows that do not fit, are refused', () => {
  expect(messageOf(() => splitDataset(table(4, 0), { validation: table(2, 0), validationSplit: 0.2, seed: 0 }))).toBe(
    'validationSplit is 0.2, but there are rows of their own for validation: leave one out',
  );
  const other = { ...table(2, 0), inputs: [] };
  const named = (options: object) => messageOf(() => splitDataset(table(4, 0), { ...options, seed: 0 }));
  expect(named({ validation: other })).toMatch(/^the inputs of the validation rows have/);
  expect(named({ test: other })).toMatch(/^the inputs of the test rows have/);
  expect(named({ validation: table(2, 0), test: other })).toMatch(/^the inputs of the test rows have/);
});
