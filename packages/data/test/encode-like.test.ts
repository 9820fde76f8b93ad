import { expect, test } from 'vitest';
import { type EncodeOptions, encodeTable } from '../src/encode/encode-table.js';
import type { OutputShape } from '../src/shapes.js';
import { readTable } from '../src/formats/csv/read-csv.js';
import type { Table } from '../src/table.js';
import { InputError } from '@lrfind/core';
import { smallTable } from './small-table.js';
import { temporaryFiles } from './temporary-files.js';

const { write } = temporaryFiles();

type Cells = readonly (number | string | null)[];
type Columns = Readonly<Record<string, Cells>>;

const linear: OutputShape = { name: 'out', shape: [1], activation: 'linear' };
const softmax = (units: number): OutputShape => ({ name: 'out', shape: [units], activation: 'softmax' });
const other = (columns: Columns): Table => ({ ...smallTable(columns), source: 'val.csv' });

/** Encodes the first table for a model of so many inputs, and hands out what encodes others. */
function encoder(columns: Columns, inputs: number, output = linear, options: Partial<EncodeOptions> = {}) {
  const model = { inputs: [{ name: 'in', shape: [inputs] }], outputs: [output] };
  return encodeTable(smallTable(columns), model, { scale: 'none', missing: 'mean', ...options }).encodeWith;
}

/** The target values of a second column of labels. */
function labels(first: Cells, second: Cells, output: OutputShape, loss?: string): number[] {
  const x = (cells: Cells) => cells.map((_, i) => i);
  const encodeWith = encoder({ x: x(first), y: first }, 1, output, loss ? { loss } : {});
  const [block] = encodeWith(other({ x: x(second), y: second })).targets;
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
  const { source, encodeWith } = encodeTable(smallTable(columns), model, { scale: 'minmax', missing: 'mean' });
  const again = encodeWith(other(columns));
  expect({ ...again, notes: [] }).toEqual({ ...source, notes: [] });
});

test('columns are matched by name in any order; what the first table does not have is ignored with a note', () => {
  const encodeWith = encoder({ id: [7, 8], a: [1, 2], b: [3, 4], y: [5, 6] }, 2, linear, { ignore: ['id'] });
  const { inputs, targets, notes } = encodeWith(other({ y: [50], when: ['now'], b: [30], a: [10], id: [9] }));
  expect(inputs).toEqual([{ shape: [2], values: Float32Array.of(10, 30), columns: ['a', 'b'] }]);
  expect(targets).toEqual([{ shape: [1], values: Float32Array.of(50), columns: ['y'] }]);
  expect(notes).toEqual(['val.csv: ignored "when", which t.csv does not have']);
  expect(encodeWith(other({ a: [10], b: [30], y: [50] })).notes).toEqual([]);
});

test('a column that is missing is named with the file, a target too', () => {
  const encodeWith = encoder({ size: [1, 2], b: [3, 4], y: [5, 6] }, 2);
  expect(() => encodeWith(other({ b: [1], y: [1], sise: [1] }))).toThrow(
    new InputError('val.csv has no column "size", which t.csv has; did you mean "sise"?'),
  );
  expect(() => encodeWith(other({ size: [1], b: [1] }))).toThrow(
    'val.csv has no column "y", which t.csv has; its columns are size, b',
  );
});

test("one-hot columns are the first table's; a new category becomes all zeros, and it is said which and how often", () => {
  const encodeWith = encoder({ c: ['red', 'blue', 'green'], y: [1, 2, 3] }, 3);
  const { inputs, notes } = encodeWith(
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
  const encodeWith = encoder({ a: [1, 2, 6], b: [0, 5, 10], y: [1, 2, 3] }, 2, linear, { scale: 'minmax' });
  const { rows, inputs, notes } = encodeWith(other({ a: [null, null, 6], b: [null, null, null], y: [1, 2, null] }));
  expect(rows).toBe(2);
  // Means 3 and 5 in ranges from 1 to 6 and from 0 to 10.
  expect(inputs[0]?.values).toEqual(Float32Array.of(0.4, 0.5, 0.4, 0.5));
  expect(notes).toEqual([
    'val.csv: 1 row dropped for a missing target: y (1)',
    "val.csv: 4 missing values filled with the column's mean in t.csv: a (2) and b (2)",
  ]);
});

test('with drop, rows with a missing feature are left out; none left is refused', () => {
  const encodeWith = encoder({ a: [1, 2], y: [1, 2] }, 1, linear, { missing: 'drop' });
  const { targets, notes } = encodeWith(other({ a: [null, 2], y: [3, 4] }));
  expect(targets[0]?.values).toEqual(Float32Array.of(4));
  expect(notes).toEqual(['val.csv: 1 row dropped for missing values: a (1)']);
  expect(() => encodeWith(other({ a: [null], y: [3] }))).toThrow('val.csv: no row is left');
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
  const place = (row: number) => `val.csv: row ${row} (line ${row + 1}), column "y": `;
  expect(() => labels(['b', 'c', 'a'], ['a', 'd'], softmax(4))).toThrow(
    new InputError(`${place(2)}label "d" has no class; labels are "a", "b" and "c", as in t.csv`),
  );
  expect(() => labels([30, 10], [10, 20], softmax(2))).toThrow(
    `${place(2)}label 20 has no class; labels are 10 and 30, as in t.csv`,
  );
  expect(() => labels([1, 3], [0], softmax(3))).toThrow(
    `${place(1)}label 0 has no class; labels are whole numbers from 1 to 3`,
  );
  expect(() => labels([0, 1], [2.5], softmax(3))).toThrow(`${place(1)}label 2.5 has no class`);
  expect(() => labels(['0', '1'], ['x'], softmax(3))).toThrow(`${place(1)}label "x" has no class`);
  expect(() => labels(['no', 'yes'], ['yes', 'maybe'], { ...linear, activation: 'sigmoid' })).toThrow(
    `${place(2)}label "maybe" has no number; labels are "no" and "yes"`,
  );
  expect(() => labels([0, 1], [2], { ...linear, activation: 'sigmoid' })).toThrow(
    `${place(1)}2 does not suit the loss`,
  );
});

test('several outputs take their columns and losses as in the first table', () => {
  const model = { inputs: [{ name: 'in', shape: [1] }], outputs: [softmax(3), linear] };
  const first = smallTable({ x: [1, 2, 3], k: ['a', 'b', 'c'], s: [1, 2, 3] });
  const { encodeWith } = encodeTable(first, model, { target: ['k', 's'], scale: 'none', missing: 'mean' });
  const { targets } = encodeWith(other({ s: [9, 8], k: ['c', 'a'], x: [0, 0] }));
  expect(targets.map(({ values }) => [...values])).toEqual([
    [2, 0],
    [9, 8],
  ]);
});

test('kinds that differ are refused with what to do', () => {
  const encodeWith = encoder({ c: ['1', '2', 'x'], y: [1, 2, 3] }, 3);
  expect(() => encodeWith(other({ c: [1, 2], y: [1, 2] }))).toThrow(
    'val.csv: column "c" was read as numbers, that of t.csv as text: read the table with the first one as the option like',
  );
  const numbers = encoder({ a: [1, 2], y: [1, 2] }, 1);
  expect(() => numbers(other({ a: ['1', 'x'], y: [1, 2] }))).toThrow('"a" was read as text, that of t.csv as numbers');
});

test('a file read like another has its kinds of columns, whatever its values look like', async () => {
  const first = await readTable(write('train.csv', 'c,n,y\n1,1,0\n2,2,0\nx,3,1\ny,4,1\n'));
  expect(first.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'number']);
  const path = write('more.csv', 'extra,y,c,n\n1,0,2,3\nNaN,1,1,\n');
  const second = await readTable(path, { like: first });
  expect(second.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'text', 'number']);
  const model = { inputs: [{ name: 'in', shape: [5] }], outputs: [{ ...linear, activation: 'sigmoid' }] };
  const { encodeWith } = encodeTable(first, model, { scale: 'none', missing: 'mean' });
  expect(encodeWith(second).inputs[0]?.values).toEqual(Float32Array.of(0, 1, 0, 0, 3, 1, 0, 0, 0, 2.5));
});

test('columns that were said to be categorical stay so in a file read like theirs', async () => {
  const first = await readTable(write('zip.csv', 'zip,y\n1000,0\n2000,1\n'), { categorical: ['zip'] });
  const second = await readTable(write('zip2.csv', 'zip,y\n2000,0\n'), { like: first });
  expect(second.columns[0]).toEqual({ name: 'zip', kind: 'text', categories: ['2000'] });
});

test('text where the first table has numbers is named with file, row and value, though it is text throughout', async () => {
  const first = await readTable(write('numbers.csv', 'size,y\n1,0\n2,1\n'));
  const path = write('texts.csv', 'size,y\nNA,0\nbig,1\nbigger,1\n');
  await expect(readTable(path, { like: first })).rejects.toThrow(
    new InputError(
      `${path}: row 2 (line 3), column "size": "big" is not a number, as this column's values are in ${first.source}; ` +
        'if the column holds categories, say --categorical size',
    ),
  );
});
