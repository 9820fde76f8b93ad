import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { type EncodeOptions, encodeTable as encodeWithLoss } from '../../src/encode/encode-table.js';
import type { ModelShape } from '../../src/shapes.js';
import type { Table } from '../../src/table.js';
import { chooseTarget } from './choose-target.js';
import { smallTable } from './small-table.js';

const plain: EncodeOptions = { scale: 'none', missing: 'mean' };

const encodeTable = (table: Table, model: ModelShape, options: EncodeOptions) =>
  encodeWithLoss(table, model, chooseTarget(), options);

/** A model of one linear unit, with inputs of these shapes called in0, in1, … */
function regressor(...shapes: number[][]): ModelShape {
  return {
    inputs: shapes.map((shape, i) => ({ name: `in${i}`, shape })),
    outputs: [{ name: 'out', shape: [1], activation: 'linear' }],
  };
}

test('the last column is the target by default, the others are features in their order', () => {
  const { dataset, tasks } = encodeTable(smallTable({ a: [1, 2], b: [3, 4], y: [5, 6.5] }), regressor([2]), plain);
  expect(dataset.rows).toBe(2);
  expect(dataset.inputs).toEqual([{ shape: [2], values: Float32Array.of(1, 3, 2, 4), columns: ['a', 'b'] }]);
  expect(dataset.targets).toEqual([{ shape: [1], values: Float32Array.of(5, 6.5), columns: ['y'] }]);
  expect(tasks).toEqual([{ kind: 'regression', loss: 'meanSquaredError' }]);
  expect(dataset.notes).toEqual(['target "y", the last column', 'loss meanSquaredError: usual for output "out"']);
});

test('a target is chosen by name, several in the order they are named', () => {
  const table = smallTable({ y: [5, 6], a: [1, 2], z: [7, 8] });
  const one = encodeTable(table, regressor([2]), { ...plain, target: 'y' });
  expect(one.dataset.inputs[0]?.columns).toEqual(['a', 'z']);
  const two = { ...regressor([1]), outputs: [{ name: 'out', shape: [2], activation: null }] };
  const both = encodeTable(table, two, { ...plain, target: ['z', 'y'] });
  expect(both.dataset.targets).toEqual([{ shape: [2], values: Float32Array.of(7, 5, 8, 6), columns: ['z', 'y'] }]);
});

test('an unknown, repeated or only target is refused', () => {
  const table = smallTable({ size: [1], species: [2] });
  const encode = (target: string | string[]) => () => encodeTable(table, regressor([1]), { ...plain, target });
  expect(encode('specis')).toThrow(new InputError('target: t.csv has no column "specis"; did you mean "species"?'));
  expect(encode(['size', 'size'])).toThrow('target must name each column once; got "size" twice');
  expect(encode([])).toThrow('target must name at least one column; got none');
  expect(encode(['size', 'species'])).toThrow(
    't.csv must have a feature column besides its targets, "size" and "species"; got none',
  );
  expect(() => encodeTable(smallTable({ 'a|b': [1] }), regressor([1]), plain)).toThrow('is the delimiter another one?');
});

test('text becomes one column for each category, in the place of its column', () => {
  const table = smallTable({ a: [1, 2, 3], color: ['red', 'blue', null], b: [4, 5, 6], y: [0, 0, 0] });
  const { dataset } = encodeTable(table, regressor([4]), { ...plain, scale: 10 });
  expect(dataset.inputs[0]?.columns).toEqual(['a', 'color=blue', 'color=red', 'b']);
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(0.1, 0, 1, 0.4, 0.2, 1, 0, 0.5, 0.3, 0, 0, 0.6));
  expect(dataset.notes).toContain('text column "color" one-hot encoded: "blue" and "red"');
  expect(dataset.notes).toContain('1 missing value one-hot encoded as all zeros: color (1)');
  expect(dataset.notes).toContain('2 numeric columns divided by 10');
});

test('standard scaling gives mean 0 and standard deviation 1, and 0 for a constant column', () => {
  // Mean 5 and population standard deviation 2, a textbook example.
  const a = [2, 4, 4, 4, 5, 5, 7, 9];
  const table = smallTable({ a, same: a.map(() => 0.1), y: a });
  const { dataset } = encodeTable(table, regressor([2]), { ...plain, scale: 'standard' });
  const expected = [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2].flatMap((value) => [value, 0]);
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.from(expected));
  expect(dataset.targets[0]?.values).toEqual(Float32Array.from(a));
  expect(dataset.notes).toContain('2 numeric columns scaled to mean 0 and standard deviation 1');
  expect(dataset.notes).toContain('1 constant column set to 0: "same"');
});

test('minmax scaling gives the range from 0 to 1', () => {
  const table = smallTable({ a: [-10, 0, 30], same: [7, 7, 7], y: [1, 2, 3] });
  const { dataset } = encodeTable(table, regressor([2]), { ...plain, scale: 'minmax' });
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(0, 0, 0.25, 0, 1, 0));
});

test('numbers that float32 cannot tell apart are told apart by scaling', () => {
  const table = smallTable({ stamp: [1_700_000_001, 1_700_000_002, 1_700_000_003], y: [1, 2, 3] });
  const { dataset } = encodeTable(table, regressor([1]), { ...plain, scale: 'minmax' });
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(0, 0.5, 1));
  // Deviations −1, 0, 1: standard deviation √(2/3).
  const standard = encodeTable(table, regressor([1]), { ...plain, scale: 'standard' });
  expect(standard.dataset.inputs[0]?.values).toEqual(Float32Array.of(-Math.sqrt(1.5), 0, Math.sqrt(1.5)));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%s is no divisor', (scale) => {
  const encode = () => encodeTable(smallTable({ a: [1], y: [1] }), regressor([1]), { ...plain, scale });
  expect(encode).toThrow(`scale must be standard, minmax, none or a divisor above 0; got ${scale}`);
});

test.each([undefined, 'standart', null])('%s is no scaling', (scale) => {
  const encode = () => encodeTable(smallTable({ a: [1], y: [1] }), regressor([1]), { ...plain, scale: scale as never });
  expect(encode).toThrow(`scale must be standard, minmax, none or a divisor above 0; got ${JSON.stringify(scale)}`);
});

test('a value beyond float32 is refused where scaling does not help', () => {
  const table = smallTable({ a: [1, 1e39], y: [1, 2] });
  expect(() => encodeTable(table, regressor([1]), plain)).toThrow(
    't.csv: row 2 (line 3), column "a" must fit float32 after scaling; got 1e+39',
  );
  const { dataset } = encodeTable(table, regressor([1]), { ...plain, scale: 'minmax' });
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(0, 1));
});

test('missing numbers are filled with the mean of the rows in use, before scaling', () => {
  const table = smallTable({ a: [1, null, 3, 99], b: [0, 10, null, 5], y: [1, 2, 3, null] });
  const { dataset } = encodeTable(table, regressor([2]), plain);
  expect(dataset.rows).toBe(3);
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(1, 0, 2, 10, 3, 5));
  expect(dataset.targets[0]?.values).toEqual(Float32Array.of(1, 2, 3));
  expect(dataset.notes).toContain('1 row dropped for a missing target: y (1)');
  expect(dataset.notes).toContain("2 missing values filled with the column's mean: a (1) and b (1)");
  const scaled = encodeTable(table, regressor([2]), { ...plain, scale: 'minmax' });
  expect(scaled.dataset.inputs[0]?.values).toEqual(Float32Array.of(0, 0, 0.5, 1, 1, 0.5));
});

test('with drop, rows with a missing feature are left out and counted', () => {
  const table = smallTable({ a: [1, null, 3, 4], c: ['x', 'y', null, 'y'], y: [1, 2, 3, null] });
  const { dataset } = encodeTable(table, regressor([3]), { ...plain, missing: 'drop' });
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(1, 1, 0));
  expect(dataset.notes).toContain('1 row dropped for a missing target: y (1)');
  expect(dataset.notes).toContain('2 rows dropped for missing values: a (1) and c (1)');
});

test('a table of which nothing is left is refused', () => {
  const targetless = smallTable({ a: [1, 2], y: [null, null] });
  expect(() => encodeTable(targetless, regressor([1]), plain)).toThrow(
    't.csv must have a row with a target; got none; missing values: y (2)',
  );
  const gaps = smallTable({ a: [1, null], b: [null, 2], y: [1, 2] });
  expect(() => encodeTable(gaps, regressor([2]), { ...plain, missing: 'drop' })).toThrow(
    't.csv must have a row without missing values; got none; missing values: a (1) and b (1)',
  );
  const hollow = smallTable({ a: [1, 2], b: [null, null], y: [1, 2] });
  expect(() => encodeTable(hollow, regressor([2]), plain)).toThrow(
    't.csv must have values in each feature column; got none in "b"; ignore it',
  );
});

test('flat columns fill an image row by row', () => {
  const table = smallTable({ ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`p${i}`, [i, 10 + i]])), y: [1, 2] });
  const [block] = encodeTable(table, regressor([2, 3, 1]), plain).dataset.inputs;
  expect(block?.shape).toEqual([2, 3, 1]);
  expect(block?.values).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15));
});

test('several inputs take the features in order, also within a one-hot column', () => {
  const table = smallTable({ a: [1, 2], c: ['x', 'y'], b: [3, 4], y: [5, 6] });
  const { dataset } = encodeTable(table, regressor([2], [1, 2]), plain);
  expect(dataset.inputs).toEqual([
    { shape: [2], values: Float32Array.of(1, 1, 2, 0), columns: ['a', 'c=x'] },
    { shape: [1, 2], values: Float32Array.of(0, 3, 1, 4), columns: ['c=y', 'b'] },
  ]);
  expect(dataset.notes).toContain('input "in0" takes "a" and "c=x"');
  expect(dataset.notes).toContain('input "in1" takes "c=y" and "b"');
});

test('a number of features that does not fit is explained', () => {
  const table = smallTable({ a: [1, 2], c: ['x', 'y'], b: [3, 4], y: [5, 6] });
  expect(() => encodeTable(table, regressor([28, 28, 1]), plain)).toThrow(
    new InputError(
      't.csv must give 784 (28×28×1) features for the model\'s input "in0"; got 4 (2 numeric columns and "c" as 2 one-hot columns)',
    ),
  );
  expect(() => encodeTable(table, regressor([2], [3]), plain)).toThrow(
    't.csv must give 5 features for the model\'s inputs ("in0" 2 and "in1" 3); got 4',
  );
});

test('ids for an embedding stay as they are, beside features that are scaled', () => {
  const model: ModelShape = {
    ...regressor([2], [1]),
    inputs: [
      { name: 'tokens', shape: [2], ids: 5 },
      { name: 'x', shape: [1] },
    ],
  };
  const { dataset } = encodeTable(smallTable({ t: [0, 4], u: [3, 2], x: [10, 30], y: [1, 2] }), model, {
    ...plain,
    scale: 'standard',
  });
  expect(dataset.inputs[0]?.values).toEqual(Float32Array.of(0, 3, 4, 2));
  expect(dataset.inputs[1]?.values).toEqual(Float32Array.of(-1, 1));
  expect(dataset.notes).toContain('input "tokens" takes ids from 0 to 4 as they are');
  expect(dataset.notes).toContain('1 numeric column scaled to mean 0 and standard deviation 1');
});

test.each([
  [5, '5'],
  [-1, '-1'],
  [0.5, '0.5'],
])('%d is refused as an id of an embedding of 5, with its row and column', (id, shown) => {
  const model: ModelShape = { ...regressor([1]), inputs: [{ name: 'tokens', shape: [1], ids: 5 }] };
  const encode = () => encodeTable(smallTable({ t: [0, id], y: [1, 2] }), model, plain);
  expect(encode).toThrow(InputError);
  expect(encode).toThrow(
    new RegExp(
      `column "t" must be a whole number from 0 to 4, because an embedding of 5 ids looks it up; got ${shown}$`,
    ),
  );
});

test('a missing id is refused rather than filled in', () => {
  const model: ModelShape = { ...regressor([1]), inputs: [{ name: 'tokens', shape: [1], ids: 5 }] };
  expect(() => encodeTable(smallTable({ t: [0, Number.NaN], y: [1, 2] }), model, plain)).toThrow(
    /column "t" must be a whole number from 0 to 4, .*; it is missing$/,
  );
});

test('a column of yes and no is one number, scaled like others; a missing one is their mean', () => {
  const table = smallTable({ a: ['no', 'yes', null, 'yes', 'yes'], y: [1, 2, 3, 4, 5] });
  const { dataset, transform } = encodeTable(table, regressor([1]), plain);
  expect(dataset.inputs[0]).toEqual({ shape: [1], values: Float32Array.of(0, 1, 0.75, 1, 1), columns: ['a'] });
  expect(dataset.notes).toContain('"a" became a number: no → 0, yes → 1');
  expect(dataset.notes).toContain("1 missing value filled with the column's mean: a (1)");
  expect(() => transform({ ...smallTable({ a: ['yes', 'so'], y: [1, 2] }), source: 'test.csv' })).toThrow(
    /column "a" must be one of "no" and "yes", as in t.csv; got "so"/,
  );
});

test('more categories than the rows can teach are a question, with the options that answer it', () => {
  const names = Array.from({ length: 30 }, (_, i) => `name ${i}`);
  const table = smallTable({ who: names, a: names.map((_, i) => i), y: names.map((_, i) => i) });
  expect(() => encodeTable(table, regressor([31]), plain)).toThrow(
    new InputError(
      't.csv: text column "who" must have at most 20 categories to be one-hot encoded over 30 rows; got 30: "name 0", "name 1", "name 10" and 27 more. ' +
        '--ignore who leaves it out, --categorical who or --one-hot-limit 30 takes it as it is',
    ),
  );
  for (const answer of [{ oneHotLimit: 30 }, { categorical: ['who'] }])
    expect(encodeTable(table, regressor([31]), { ...plain, ...answer }).dataset.inputs[0]?.columns).toHaveLength(31);
  expect(encodeTable(table, regressor([1]), { ...plain, ignore: ['who'] }).dataset.inputs[0]?.columns).toEqual(['a']);
  expect(() => encodeTable(table, regressor([31]), { ...plain, oneHotLimit: 1 })).toThrow(
    'oneHotLimit must be a whole number at least 2; got 1',
  );
});

test('dates that would become categories are named with the option that reads them', () => {
  const days = Array.from({ length: 25 }, (_, i) => `2020-03-${String(i + 1).padStart(2, '0')}`);
  const table = smallTable({ day: days, y: days.map((_, i) => i) });
  expect(() => encodeTable(table, regressor([25]), plain)).toThrow(
    /--dates number or parts reads its dates, --ignore day/,
  );
});

test('numbers, booleans, texts side by side and numbers beyond 2^24 keep their places', () => {
  const table = smallTable({
    a: [1, 2, null],
    b: [4, 8, 6],
    color: ['red', 'blue', null],
    size: ['s', 'm', 'l'],
    is: ['no', 'yes', 'yes'],
    id: [2 ** 25 + 1, 2 ** 25 + 3, 2 ** 25 + 5],
    c: [10, 20, 30],
    y: [1, 2, 3.5],
  });
  const { dataset } = encodeTable(table, regressor([10]), { scale: 2, missing: 'mean' });
  // color is blue, red; size is l, m, s. The mean of a is 1.5.
  expect(dataset.inputs[0]?.columns).toEqual([
    ...['a', 'b', 'color=blue', 'color=red', 'size=l', 'size=m', 'size=s', 'is', 'id', 'c'],
  ]);
  expect([...(dataset.inputs[0]?.values ?? [])]).toEqual([
    ...[0.5, 2, 0, 1, 0, 0, 1, 0, Math.fround(2 ** 24 + 0.5), 5],
    ...[1, 4, 1, 0, 0, 1, 0, 0.5, Math.fround(2 ** 24 + 1.5), 10],
    ...[0.75, 3, 0, 0, 1, 0, 0, 0.5, Math.fround(2 ** 24 + 2.5), 15],
  ]);
});

test('inputs lie in memory that threads share where that is asked for, with the same values', () => {
  const table = smallTable({ a: [1, 2], b: [3, 4], y: [5, 6.5] });
  const own = encodeTable(table, regressor([1], [1]), plain).dataset;
  const shared = encodeTable(table, regressor([1], [1]), { ...plain, sharesMemory: true }).dataset;
  const buffers = (inputs: typeof own.inputs) => inputs.map(({ values }) => values.buffer.constructor);
  expect(buffers(own.inputs)).toEqual([ArrayBuffer, ArrayBuffer]);
  expect(buffers(shared.inputs)).toEqual([SharedArrayBuffer, SharedArrayBuffer]);
  expect(shared.inputs.map(({ values }) => [...values])).toEqual([
    [1, 2],
    [3, 4],
  ]);
});
