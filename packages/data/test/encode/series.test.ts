import { describe, expect, test } from 'vitest';
import {
  concatDatasets,
  type Dataset,
  describeTable,
  type EncodeOptions,
  encodeTable,
  type SeriesOptions,
} from '../../src/index.js';
import type { Table } from '../../src/table.js';
import { messageOf } from '../message-of.js';
import { chooseTarget } from './choose-target.js';
import { smallTable } from './small-table.js';

const modelOf = (shape: readonly number[]) => ({
  inputs: [{ name: 'in', shape }],
  outputs: [{ name: 'out', shape: [1], activation: 'linear' }],
});
const encode = (table: Table, shape: readonly number[], series: SeriesOptions, more: Partial<EncodeOptions> = {}) =>
  encodeTable(table, modelOf(shape), chooseTarget(), { scale: 'none', missing: 'mean', ...more, series });
/** The windows of a dataset as lists of numbers, and their targets. */
const shown = ({ rows, inputs, targets }: Dataset) => {
  const [{ values, windows, shape }] = inputs as [Dataset['inputs'][0]];
  const [length, size] = [shape[0] as number, (shape[1] ?? 1) as number];
  return Array.from({ length: rows }, (_, i) => {
    const start = windows?.starts[i] as number;
    return [[...values.slice(start * size, (start + length) * size)], targets[0]?.values[i]];
  });
};

/** Ten rows: x counts from 0, y from 100. */
const ten = smallTable({
  x: Array.from({ length: 10 }, (_, i) => i),
  y: Array.from({ length: 10 }, (_, i) => 100 + i),
});

describe('the windows of ten rows, of which the last fifth is held out', () => {
  // Rows 0 to 5 train with a share of 0.4, rows 6 to 9 validate: windows of two rows and a target one row later.
  const { dataset, validation } = encode(ten, [2, 2], { window: 2, validationSplit: 0.4 });

  test('have all columns, the target among them, and the target of the row after them', () => {
    expect(shown(dataset)).toEqual([
      [[0, 100, 1, 101], 102],
      [[1, 101, 2, 102], 103],
      [[2, 102, 3, 103], 104],
      [[3, 103, 4, 104], 105],
    ]);
    expect(dataset.inputs[0]?.columns).toEqual(['x', 'y']);
  });

  test('to validate on begin after the border, and none reaches over it', () => {
    expect(validation && shown(validation)).toEqual([
      [[6, 106, 7, 107], 108],
      [[7, 107, 8, 108], 109],
    ]);
  });

  test('share the rows of the series, which are there once, also when datasets are joined', () => {
    expect(validation?.inputs[0]?.values).toBe(dataset.inputs[0]?.values);
    expect(dataset.inputs[0]?.values).toHaveLength(20);
    const joined = concatDatasets([dataset, validation as Dataset], ['a', 'b']);
    expect(joined.inputs[0]?.values).toBe(dataset.inputs[0]?.values);
    expect(shown(joined)).toEqual([...shown(dataset), ...shown(validation as Dataset)]);
  });

  test('are said in a note', () => {
    expect(dataset.notes).toContain(
      'windows of 2 rows in the order of the file, each for the target 1 row after it: 4 to train on, 2 to validate on, in the last 4 rows; none reaches over the border',
    );
  });
});

test('horizon 3 takes the target three rows after the window, and excludeTarget leaves its past out', () => {
  const { dataset } = encode(ten, [4, 1], { window: 4, horizon: 3, excludeTarget: true, validationSplit: 0 });
  expect(shown(dataset)).toEqual([
    [[0, 1, 2, 3], 106],
    [[1, 2, 3, 4], 107],
    [[2, 3, 4, 5], 108],
    [[3, 4, 5, 6], 109],
  ]);
});

test('horizon 0 is the target of the last row of the window, without its past', () => {
  const { dataset } = encode(ten, [9, 1], { window: 9, horizon: 0, excludeTarget: true, validationSplit: 0 });
  expect(shown(dataset).map(([, target]) => target)).toEqual([108, 109]);
});

test('a series of one column predicts itself, and a model may take [window] of it', () => {
  const one = smallTable({ y: [1, 2, 3, 4, 5] });
  expect(shown(encode(one, [3], { window: 3, validationSplit: 0 }).dataset)).toEqual([
    [[1, 2, 3], 4],
    [[2, 3, 4], 5],
  ]);
});

test('means and deviations are of the training rows alone', () => {
  // Training rows 0 to 5 of x: mean 2.5, variance 35/12; the validation rows would make it 4.5.
  const { dataset } = encode(ten, [2, 2], { window: 2, validationSplit: 0.4 }, { scale: 'standard' });
  const deviation = Math.sqrt(35 / 12);
  expect(dataset.inputs[0]?.values[0]).toBeCloseTo((0 - 2.5) / deviation, 6);
  expect(dataset.inputs[0]?.values[18]).toBeCloseTo((9 - 2.5) / deviation, 6);
  expect(dataset.inputs[0]?.values[19]).toBeCloseTo((109 - 102.5) / deviation, 6);
});

test('a missing feature is filled with the mean of the training rows; a missing target leaves its window out', () => {
  const gaps = smallTable({ x: [0, 2, null, 4, 5, 6, 90, 7], y: [1, 2, 3, null, 5, 6, 7, 8] });
  // Training rows 0 to 4: the mean of 0, 2, 4 and 5 is 2.75. Row 3 has no target, so the window of rows 1 and 2 has none.
  const filled = encode(gaps, [2, 1], { window: 2, excludeTarget: true, validationSplit: 3 / 8 });
  expect(shown(filled.dataset)).toEqual([
    [[0, 2], 3],
    [[2.75, 4], 5],
  ]);
  expect(filled.dataset.notes.join('\n')).toMatch(/1 window left out for a missing target/);
});

test('with missing: drop, windows with a gap are left out', () => {
  const gaps = smallTable({ x: [0, 2, null, 4, 5, 6], y: [1, 2, 3, 4, 5, 6] });
  const dropped = encode(gaps, [2, 1], { window: 2, excludeTarget: true, validationSplit: 0 }, { missing: 'drop' });
  expect(shown(dropped.dataset)).toEqual([
    [[0, 2], 3],
    [[4, 5], 6],
  ]);
  expect(dropped.dataset.notes.join('\n')).toMatch(/2 windows left out for missing values/);
});

test('several series: no window has rows of two, each is split by itself, and the column is no feature', () => {
  const two = smallTable({
    shop: ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'],
    y: [1, 10, 2, 20, 3, 30, 4, 40, 5, 50],
  });
  const { dataset, validation } = encode(two, [1, 1], { window: 1, by: 'shop', validationSplit: 0.4 });
  expect(shown(dataset)).toEqual([
    [[1], 2],
    [[2], 3],
    [[10], 20],
    [[20], 30],
  ]);
  expect(validation && shown(validation)).toEqual([
    [[4], 5],
    [[40], 50],
  ]);
});

test('another table is encoded with the means of the training rows, all its windows', () => {
  const { transform } = encode(ten, [2, 2], { window: 2, validationSplit: 0.4 }, { scale: 'standard' });
  const other = transform(smallTable({ y: [102.5, 102.5, 102.5], x: [2.5, 2.5, 2.5] }));
  expect(shown(other)).toEqual([[[0, 0, 0, 0], 102.5]]);
  expect(other.notes).toContain('t.csv: 1 window');
});

test('weights are those of the row of the target', () => {
  const weighted = smallTable({ x: [1, 2, 3, 4], w: [9, 8, 7, 6], y: [1, 2, 3, 4] });
  const { dataset } = encode(weighted, [2, 2], { window: 2, validationSplit: 0 }, { sampleWeight: 'w' });
  expect([...(dataset.weights ?? [])]).toEqual([7, 6]);
});

test.each<[string, () => unknown, RegExp]>([
  ['a window of no row', () => encode(ten, [2, 2], { window: 0 }), /^window must be a whole number at least 1; got 0$/],
  [
    'a horizon below 0',
    () => encode(ten, [2, 2], { window: 2, horizon: -1 }),
    /^horizon must be a whole number at least 0/,
  ],
  [
    'a target in its own window',
    () => encode(ten, [2, 2], { window: 2, horizon: 0 }),
    /^horizon must be at least 1 where the target/,
  ],
  [
    'a share of all rows',
    () => encode(ten, [2, 2], { window: 2, validationSplit: 1 }),
    /^validationSplit must be .* below 1; got 1$/,
  ],
  [
    'a model for other windows',
    () => encode(ten, [3, 2], { window: 2 }),
    /input "in" must have the shape \[2, features\]; got \[3, 2\]$/,
  ],
  [
    'a model for other features',
    () => encode(ten, [2, 3], { window: 2, validationSplit: 0 }),
    /must give 3 features for the model's input "in"; got 2/,
  ],
  ['a model for rows', () => encode(ten, [2], { window: 5 }), /must have the shape \[5, features\]; got \[2\]$/],
  [
    'too few rows to train on',
    () => encode(ten, [9, 2], { window: 9 }),
    /^t\.csv must have at least 10 rows to train on for windows of 9 rows and a horizon of 1, with a target; got 8$/,
  ],
  [
    'too few rows to validate on',
    () => encode(ten, [3, 2], { window: 3 }),
    /at least 4 rows to validate on .*; got 2$/,
  ],
  [
    'an unknown column of series',
    () => encode(ten, [2, 2], { window: 2, by: 'z' }),
    /^series: t\.csv has no column "z"/,
  ],
  [
    'the target as column of series',
    () => encode(ten, [2, 2], { window: 2, by: 'y' }),
    /^series must not name the target/,
  ],
])('%s is refused', (_, run, message) => {
  expect(messageOf(run)).toMatch(message);
});

test('a description has the shape of the windows, and says which windows a model takes', () => {
  expect(describeTable(ten, { series: { window: 2, validationSplit: 0.4 } })).toMatchObject({
    inputs: [[2, 2]],
    misfits: [],
  });
  const model = { ...modelOf([3, 2]), name: 'm', chooseTarget: chooseTarget() };
  const { misfits } = describeTable(ten, { series: { window: 2, validationSplit: 0.4 }, model });
  expect(misfits.map(({ answer }) => answer)).toEqual(['--window 3']);
});
