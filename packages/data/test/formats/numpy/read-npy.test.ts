import { readdirSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { encodeTable } from '../../../src/encode/encode-table.js';
import { readTable } from '../../../src/formats/registry.js';
import { content, fixtureBytes, fixturePath, readFixture } from '../../fixture-tables.js';
import { memorySource } from '../../memory-source.js';

const numbers = Array.from({ length: 24 }, (_, i) => (i * 5) % 24);
const types = readdirSync(fixturePath('npy')).filter((name) => /^(little|big)-/.test(name));

test('the fixtures have every type of numbers, in both orders', () => expect(types).toHaveLength(20));

test.each([...types, 'fortran.npy', 'version-2.npy'])('%s is read to the last bit', async (name) => {
  const table = await readFixture(`npy/${name}`);
  expect(table.columns.map((column) => column.name)).toEqual(['0', '1', '2', '3']);
  expect([...table.values]).toEqual(numbers);
});

test('a boolean is 1 or 0', async () => {
  expect([...(await readFixture('npy/bool.npy')).values]).toEqual(numbers.map((number) => (number % 2 === 0 ? 1 : 0)));
});

test('the fields of records are columns, text among them', async () => {
  const { columns, values } = await readFixture('npy/record.npy');
  expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['a number', 'b number', 'kind text']);
  expect([...values]).toEqual([1, 2.5, 0, 3, -4.5, 1]);
});

/** A `.npy` file with this header and these bytes. */
function npy(header: string, data: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, text.length, 0, ...text, ...data]);
}
const read = (header: string, data: readonly number[]) => readTable(memorySource('a.npy', npy(header, data)));

test('whole numbers beyond 2^53 become the nearest double', async () => {
  const bytes = (value: bigint) => [...new Uint8Array(BigUint64Array.of(value).buffer)];
  const header = "{'descr': '<u8', 'fortran_order': False, 'shape': (2, 1), }";
  const { columns } = await read(header, [...bytes(2n ** 63n + 1025n), ...bytes(5n)]);
  expect(columns[0]?.exact).toEqual(Float64Array.of(2 ** 63 + 2048, 5));
});

test('float16 has its subnormal numbers and its largest', async () => {
  const { values } = await read(
    "{'descr': '<f2', 'fortran_order': False, 'shape': (3, 1)}",
    [1, 0, 0xff, 0x7b, 0, 0x7e],
  );
  expect([...values]).toEqual([2 ** -24, 65504, Number.NaN]);
});

test('dates are the text that a CSV file has', async () => {
  const day = (count: number) => [...new Uint8Array(BigInt64Array.of(BigInt(count)).buffer)];
  const { columns } = await read("{'descr': '<M8[D]', 'fortran_order': False, 'shape': (2, 1)}", [
    ...day(0),
    ...day(-1),
  ]);
  expect(columns[0]?.categories).toEqual(['1969-12-31', '1970-01-01']);
});

describe('refused:', () => {
  test.each([
    [
      'npy/object.npy',
      'must hold numbers, booleans, dates or text; got |O, Python objects (pickle), which can run code when they are read: save numbers or text, such as array.astype(float)',
    ],
    [
      'npy/complex.npy',
      'must hold numbers, booleans, dates or text; got <c16, complex numbers: save their real and imaginary parts as two arrays',
    ],
    [
      'npy/one-dimension.npy',
      'must have two dimensions, rows and columns; got 1: [6]; put inputs and target into one file: numpy.savez("data.npz", x=x, y=y)',
    ],
    ['unequal.npz', '"y" must have 6 rows, as "x" has; got 20'],
    ['objects.npz', '"y" must hold numbers, booleans, dates or text; got |O'],
  ])('%s', async (name, message) => {
    await expect(readFixture(name)).rejects.toThrow(message);
  });

  test.each([
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 2)}",
      'a.npy is cut off: 8000000000 values need 32 GB; got 4 bytes',
    ],
    [
      "{'descr': '<U0', 'fortran_order': False, 'shape': (4000000000, 2)}",
      'a.npy must hold numbers, booleans, dates or text; got <U0',
    ],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2)}", 'a.npy must hold rows; got 2 columns without any'],
    ["{'descr': '<f4', 'fortran_order': False}", 'a.npy must have a header with descr, fortran_order and shape'],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)}",
      'a.npy must have a header with descr, fortran_order and shape',
    ],
    ['__import__("os")', 'a.npy must have a header with descr, fortran_order and shape'],
    [
      "{'descr': [('a', '<f4', (2,))], 'fortran_order': False, 'shape': (1,)}",
      'a.npy: each field of its records must be one number or text; got ["a","<f4",[2]]',
    ],
    [`${'['.repeat(200)}`, 'a.npy must have a header with descr, fortran_order and shape'],
  ])('%s', async (header, message) => {
    await expect(read(header, [0, 0, 0, 0])).rejects.toThrow(message);
  });
});

const image = {
  inputs: [{ name: 'image', shape: [4, 4, 1] }],
  outputs: [{ name: 'digit', shape: [10], activation: 'softmax' }],
};
const labels = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
const plain = { scale: 'none', missing: 'drop' } as const;

test('of x_train, y_train, x_test and y_test the part that is wanted is read, and that is said', async () => {
  const csv = await readFixture('digits.csv');
  const train = await readFixture('digits.npz');
  const test = await readFixture('digits.npz', { like: train, part: 'test' });
  expect([train.rows, test.rows]).toEqual([14, 6]);
  expect([...train.values, ...test.values]).toEqual([...csv.values]);
  expect(train.notes).toEqual([
    'took "x_train" and "y_train"; left "x_test" and "y_test"',
    'array "x": 14 rows of 4×4',
    'array "y": 14 rows',
  ]);
  const { dataset, transform } = encodeTable(train, image, labels, plain);
  expect(dataset.inputs[0]?.shape).toEqual([4, 4, 1]);
  expect([...(dataset.targets[0]?.values ?? [])]).toEqual(Array.from({ length: 14 }, (_, i) => (i * 3) % 10));
  expect(dataset.notes).toContain('target "y", by its name or place');
  expect(transform(test).rows).toBe(6);
  await expect(readFixture('digits.npz', { part: 'validation' })).rejects.toThrow(
    'digits.npz must have arrays for validation, such as x_val; got "x_train", "y_train", "x_test" and "y_test"',
  );
});

test('labels may be words', async () => {
  const model = {
    inputs: [{ name: 'in', shape: [16] }],
    outputs: [{ name: 'out', shape: [3], activation: 'softmax' }],
  };
  const { dataset, tasks } = encodeTable(await readFixture('words.npz'), model, labels, plain);
  expect(tasks[0]?.classes).toEqual(['cat', 'dog', 'ñu']);
  expect([...(dataset.targets[0]?.values ?? [])]).toEqual([0, 1, 2, 0, 1, 0]);
});

test('arrays called like the inputs of the model go to these, in whatever order; a target may have several columns', async () => {
  const model = {
    inputs: [
      { name: 'left', shape: [4] },
      { name: 'right', shape: [3] },
    ],
    outputs: [{ name: 'out', shape: [3], activation: 'softmax' }],
  };
  const table = await readFixture('two-inputs.npz');
  const chooseTarget = () => ({ loss: 'categoricalCrossentropy', kind: 'label-or-distribution' }) as const;
  const { dataset } = encodeTable(table, model, chooseTarget, plain);
  expect([...(dataset.inputs[0]?.values ?? [])]).toEqual(numbers);
  expect([...(dataset.inputs[1]?.values ?? [])]).toEqual(numbers.filter((_, i) => i % 4 < 3));
  expect([...(dataset.targets[0]?.values ?? [])].slice(0, 6)).toEqual([1, 0, 0, 0, 1, 0]);
  const swapped = {
    ...model,
    inputs: model.inputs.toReversed(),
    outputs: [{ name: 'out', shape: [4], activation: null }],
  };
  const number = () => ({ loss: 'meanSquaredError', kind: 'number' }) as const;
  const other = encodeTable(table, { ...swapped, inputs: [{ name: 'y', shape: [3] }] }, number, {
    ...plain,
    target: 'left',
    ignore: ['right'],
  });
  expect([...(other.dataset.targets[0]?.values ?? [])]).toEqual(numbers);
  expect(() => encodeTable(table, model, chooseTarget, { ...plain, target: 'lefd' })).toThrow(
    /target: .*two-inputs.npz has no column "lefd"; did you mean "left"\?/,
  );
});

test('an archive whose contents do not agree with their checksum is refused', async () => {
  const bytes = fixtureBytes('two-inputs.npz');
  bytes[200] = (bytes[200] as number) ^ 1;
  await expect(readTable(memorySource('a.npz', bytes))).rejects.toThrow(
    'a.npz is a damaged zip archive: "right.npy" has other content than its checksum says',
  );
});

test('the same numbers as .npy, packed with gzip or not, give the same table', async () => {
  const [one, other] = await Promise.all([readFixture('npy/little-f4.npy'), readFixture('npy/big-i2.npy')]);
  expect(content(one)).toEqual(content(other));
});

test('what SciPy says of a MATLAB file beside its arrays is left out, so that its loadmat and savez make a table', async () => {
  const header = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}}`;
  const text = [...new TextEncoder().encode('MATLAB')];
  const bytes = zipSync({
    '__header__.npy': npy(header('|S6', '()'), text),
    '__version__.npy': npy(header('|S6', '()'), text),
    '__globals__.npy': npy(header('<f8', '(0,)'), []),
    'X.npy': npy(header('|u1', '(2, 2)'), [1, 2, 3, 4]),
    'y.npy': npy(header('|u1', '(2,)'), [0, 1]),
  });
  const { columns, values, defaultTarget, notes } = await readTable(memorySource('data.npz', bytes));
  expect(columns.map(({ name }) => name)).toEqual(['X[0]', 'X[1]', 'y']);
  expect([...values]).toEqual([1, 2, 0, 3, 4, 1]);
  expect(defaultTarget).toBe('y');
  expect(notes).toContain('left out "__header__", "__version__" and "__globals__", which have no rows');
});
