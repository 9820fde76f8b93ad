import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { type EncodeOptions, encodeTable } from '../../src/encode/encode-table.js';
import { readTable } from '../../src/formats/registry.js';
import { fileSource } from '../../src/node.js';
import type { OutputShape } from '../../src/shapes.js';
import type { Table } from '../../src/table.js';
import { temporaryFiles } from '../temporary-files.js';
import { chooseTarget } from './choose-target.js';
import { smallTable } from './small-table.js';

const { write } = temporaryFiles();
const source = (name: string, content: string) => fileSource(write(name, content));

type Cells = readonly (number | string | null)[];
type Columns = Readonly<Record<string, Cells>>;

const linear: OutputShape = { name: 'out', shape: [1], activation: 'linear' };
const softmax = (units: number): OutputShape => ({ name: 'out', shape: [units], activation: 'softmax' });
const other = (columns: Columns): Table => ({ ...smallTable(columns), source: 'val.csv' });

/** Fits an encoding on a table, for a model with this number of inputs. */
function encoder(
  columns: Columns,
  inputs: number,
  output = linear,
  options: Partial<EncodeOptions> = {},
  loss?: string,
) {
  const model = { inputs: [{ name: 'in', shape: [inputs] }], outputs: [output] };
  const all = { scale: 'none', missing: 'mean', ...options } as const;
  return encodeTable(smallTable(columns), model, chooseTarget(loss), all).transform;
}

/** The target values of a second column of labels. */
function labels(first: Cells, second: Cells, output: OutputShape, loss?: string): number[] {
  const x = (cells: Cells) => cells.map((_, i) => i);
  const transform = encoder({ x: x(first), y: first }, 1, output, {}, loss);
  const [block] = transform(other({ x: x(second), y: second })).targets;
  return [...(block?.values ?? [])];
}

test("a second table is scaled by the first one's mean, deviation and range", () => {
  // Mean 5 and population standard deviation 2, a textbook example.
  const a = [2, 4, 4, 4, 5, 5, 7, 9];
  const columns = { a, same: a.map(() => 3), y: a };
  const second = other({ a: [1, 11], same: [3, 5], y: [0, 1] });
  const standard = encoder(columns, 2, linear, { scale: 'standard' })(second);
  // A constant is only moved to 0, since it has no deviation to be divided by.
  expect(standard.inputs[0]?.values).toEqual(Float32Array.of(-2, 0, 3, 2));
  expect(standard.targets[0]?.values).toEqual(Float32Array.of(0, 1));
  const range = encoder(columns, 2, linear, { scale: 'minmax' })(second);
  expect(range.inputs[0]?.values).toEqual(Float32Array.of(Math.fround(-1 / 7), 0, Math.fround(9 / 7), 2));
  expect(encoder(columns, 2, linear, { scale: 4 })(second).inputs[0]?.values).toEqual(
    Float32Array.of(0.25, 0.75, 2.75, 1.25),
  );
  expect(standard.notes).toEqual([]);
});

test('the first table, encoded like itself, is what it was', () => {
  const columns = {
    a: [1, null, 3],
    c: ['x', 'y', null],
    big: [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 2],
    y: ['n', 'y', 'n'],
  };
  const model = { inputs: [{ name: 'in', shape: [4] }], outputs: [softmax(2)] };
  const { dataset, transform } = encodeTable(smallTable(columns), model, chooseTarget(), {
    scale: 'minmax',
    missing: 'mean',
  });
  const again = transform(other(columns));
  expect({ ...again, notes: [] }).toEqual({ ...dataset, notes: [] });
});

test('columns are matched by name in any order; what the first table does not have is ignored with a note', () => {
  const transform = encoder({ id: [7, 8], a: [1, 2], b: [3, 4], y: [5, 6] }, 2, linear, { ignore: ['id'] });
  const { inputs, targets, notes } = transform(other({ y: [50], when: ['now'], b: [30], a: [10], id: [9] }));
  expect(inputs).toEqual([{ shape: [2], values: Float32Array.of(10, 30), columns: ['a', 'b'] }]);
  expect(targets).toEqual([{ shape: [1], values: Float32Array.of(50), columns: ['y'] }]);
  expect(notes).toEqual(['val.csv: ignored "when", which t.csv does not have']);
  expect(transform(other({ a: [10], b: [30], y: [50] })).notes).toEqual([]);
});

test('a column that is missing is named with the file, a target too', () => {
  const transform = encoder({ size: [1, 2], b: [3, 4], y: [5, 6] }, 2);
  expect(() => transform(other({ b: [1], y: [1], sise: [1] }))).toThrow(
    new InputError('val.csv has no column "size", which t.csv has; did you mean "sise"?'),
  );
  expect(() => transform(other({ size: [1], b: [1] }))).toThrow(
    'val.csv has no column "y", which t.csv has; its columns are size, b',
  );
});

test("one-hot columns are the first table's; a new category becomes all zeros, with a note of which and how often", () => {
  const transform = encoder({ c: ['red', 'blue', 'green'], y: [1, 2, 3] }, 3);
  const { inputs, notes } = transform(
    other({ c: ['red', 'pink', 'amber', 'pink', 'blue', null], y: [1, 1, 1, 1, 1, 1] }),
  );
  expect(inputs[0]?.columns).toEqual(['c=blue', 'c=green', 'c=red']);
  expect(inputs[0]?.values).toEqual(Float32Array.of(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0));
  expect(notes).toEqual([
    'val.csv: 1 missing value one-hot encoded as all zeros: c (1)',
    'val.csv: 3 rows one-hot encoded as all zeros, as "c" in t.csv has no such category: "pink" (2) and "amber" (1)',
  ]);
});

test("missing numbers are filled with the first table's mean, also where the whole column is missing", () => {
  const transform = encoder({ a: [1, 2, 6], b: [0, 5, 10], y: [1, 2, 3] }, 2, linear, { scale: 'minmax' });
  const { rows, inputs, notes } = transform(other({ a: [null, null, 6], b: [null, null, null], y: [1, 2, null] }));
  expect(rows).toBe(2);
  // Means 3 and 5 in ranges from 1 to 6 and from 0 to 10.
  expect(inputs[0]?.values).toEqual(Float32Array.of(0.4, 0.5, 0.4, 0.5));
  expect(notes).toEqual([
    'val.csv: 1 row dropped for a missing target: y (1)',
    "val.csv: 4 missing values filled with the column's mean in t.csv: a (2) and b (2)",
  ]);
});

test('with drop, rows with a missing feature are left out; none left is refused', () => {
  const transform = encoder({ a: [1, 2], y: [1, 2] }, 1, linear, { missing: 'drop' });
  const { targets, notes } = transform(other({ a: [null, 2], y: [3, 4] }));
  expect(targets[0]?.values).toEqual(Float32Array.of(4));
  expect(notes).toEqual(['val.csv: 1 row dropped for missing values: a (1)']);
  expect(() => transform(other({ a: [null], y: [3] }))).toThrow(
    'val.csv must have a row without missing values; got none',
  );
});

test("labels become the first table's classes, though some are absent", () => {
  expect(labels(['b', 'c', 'a'], ['c', 'c'], softmax(3))).toEqual([2, 2]);
  expect(labels([30, 10, 20], [20, 10], softmax(3))).toEqual([1, 0]);
  expect(labels([1, 10, 4], [2, 9], softmax(10))).toEqual([1, 8]);
  // 1 and 2 alone would lose one.
  expect(labels([0, 1, 2], [1, 2], softmax(3))).toEqual([1, 2]);
  expect(labels(['3', '5'], ['5', '4'], softmax(10))).toEqual([5, 4]);
  expect(labels([2 ** 24 + 1, 2 ** 24], [2 ** 24 + 1], softmax(2))).toEqual([1]);
  const sigmoid = { ...linear, activation: 'sigmoid' };
  expect(labels(['no', 'yes'], ['yes', 'yes'], sigmoid)).toEqual([1, 1]);
  expect(labels(['no', 'yes'], ['yes', 'no'], linear, 'hinge')).toEqual([1, -1]);
  expect(labels([0, 1], [1, 0], linear, 'hinge')).toEqual([1, -1]);
  expect(labels(['b', 'c', 'a'], ['c'], softmax(3), 'categoricalCrossentropy')).toEqual([0, 0, 1]);
});

test('a label that has no class is named with file, row and column', () => {
  const place = (row: number) => `val.csv: row ${row} (line ${row + 1}), column "y" `;
  expect(() => labels(['b', 'c', 'a'], ['a', 'd'], softmax(4))).toThrow(
    new InputError(`${place(2)}must be one of "a", "b" and "c", as in t.csv; got "d"`),
  );
  expect(() => labels([30, 10], [10, 20], softmax(2))).toThrow(
    `${place(2)}must be one of 10 and 30, as in t.csv; got 20`,
  );
  expect(() => labels([1, 3], [0], softmax(3))).toThrow(`${place(1)}must be a whole number from 1 to 3; got 0`);
  expect(() => labels([0, 1], [2.5], softmax(3))).toThrow(`${place(1)}must be a whole number from 0 to 2; got 2.5`);
  expect(() => labels(['0', '1'], ['x'], softmax(3))).toThrow(`${place(1)}must be a whole number from 0 to 2; got "x"`);
  expect(() => labels(['no', 'yes'], ['yes', 'maybe'], { ...linear, activation: 'sigmoid' })).toThrow(
    `${place(2)}must be one of "no" and "yes"; got "maybe"`,
  );
  expect(() => labels([0, 1], [2], { ...linear, activation: 'sigmoid' })).toThrow(
    `${place(1)}must be a number from 0 to 1 for the loss binaryCrossentropy; got 2`,
  );
});

test('several outputs take their columns and losses as in the first table', () => {
  const model = { inputs: [{ name: 'in', shape: [1] }], outputs: [softmax(3), linear] };
  const first = smallTable({ x: [1, 2, 3], k: ['a', 'b', 'c'], s: [1, 2, 3] });
  const { transform } = encodeTable(first, model, chooseTarget(), {
    target: ['k', 's'],
    scale: 'none',
    missing: 'mean',
  });
  const { targets } = transform(other({ s: [9, 8], k: ['c', 'a'], x: [0, 0] }));
  expect(targets.map(({ values }) => [...values])).toEqual([
    [2, 0],
    [9, 8],
  ]);
});

test('kinds that differ are refused with what to do', () => {
  const transform = encoder({ c: ['1', '2', 'x'], y: [1, 2, 3] }, 3);
  expect(() => transform(other({ c: [1, 2], y: [1, 2] }))).toThrow(
    'val.csv: column "c" must be text, as in t.csv; got numbers; read the table with the other one as the option like',
  );
  const numbers = encoder({ a: [1, 2], y: [1, 2] }, 1);
  expect(() => numbers(other({ a: ['1', 'x'], y: [1, 2] }))).toThrow(
    'column "a" must be numbers, as in t.csv; got text',
  );
});

test('a file read like another has its kinds of columns, whatever its values look like', async () => {
  const first = await readTable(source('train.csv', 'c,n,y\n1,1,0\n2,2,0\nx,3,1\ny,4,1\n'));
  expect(first.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'number']);
  const path = write('more.csv', 'extra,y,c,n\n1,0,2,3\nNaN,1,1,\n');
  const second = await readTable(fileSource(path), { like: first });
  expect(second.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'text', 'number']);
  const model = { inputs: [{ name: 'in', shape: [5] }], outputs: [{ ...linear, activation: 'sigmoid' }] };
  const { transform } = encodeTable(first, model, chooseTarget(), { scale: 'none', missing: 'mean' });
  expect(transform(second).inputs[0]?.values).toEqual(Float32Array.of(0, 1, 0, 0, 3, 1, 0, 0, 0, 2.5));
});

test('columns that were said to be categorical stay so in a file read like theirs', async () => {
  const first = await readTable(source('zip.csv', 'zip,y\n1000,0\n2000,1\n'), { categorical: ['zip'] });
  const second = await readTable(source('zip2.csv', 'zip,y\n2000,0\n'), { like: first });
  expect(second.columns[0]).toEqual({ name: 'zip', kind: 'text', categories: ['2000'] });
});

test('text where the first table has numbers is named with file, row and value, though it is text throughout', async () => {
  const first = await readTable(source('numbers.csv', 'size,y\n1,0\n2,1\n'));
  const path = write('texts.csv', 'size,y\nNA,0\nbig,1\nbigger,1\n');
  await expect(readTable(fileSource(path), { like: first })).rejects.toThrow(
    new InputError(
      `${path}: row 2 (line 3), column "size" must be a number, as in ${first.source}; got "big"; ` +
        'if the column holds categories, use --categorical size, if it is missing --missing big',
    ),
  );
});
