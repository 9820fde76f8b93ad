import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { liveTensors } from '../support/check.js';
import * as naive from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** What a function computes. Checks that it leaks nothing. */
function valuesOf(make: () => tf.Tensor): { shape: number[]; dtype: string; values: number[] } {
  const before = liveTensors();
  const result = tf.tidy(() => {
    const y = make();
    return { shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] };
  });
  expect(liveTensors()).toEqual(before);
  return result;
}

test('every number but 0 is true', () => {
  expect(valuesOf(() => tf.cast(tf.tensor1d([0, 0.5, 256, -3, Number.NaN]), 'bool')).values).toEqual([0, 1, 1, 1, 1]);
  expect(valuesOf(() => tf.cast(tf.tensor1d([0, 256, -1], 'int32'), 'bool')).values).toEqual([0, 1, 1]);
});

test('int32 tensors are clipped, compared, summed and sliced as integers', () => {
  const x = () => tf.tensor1d([-4, 1, 7], 'int32');
  expect(valuesOf(() => tf.clipByValue(x(), 0, 5)).values).toEqual([0, 1, 5]);
  expect(valuesOf(() => tf.maximum(x(), tf.scalar(0, 'int32')))).toMatchObject({ dtype: 'int32', values: [0, 1, 7] });
  expect(valuesOf(() => tf.sum(x()))).toMatchObject({ dtype: 'int32', values: [4] });
  expect(valuesOf(() => tf.slice(x(), 1, 2))).toMatchObject({ dtype: 'int32', values: [1, 7] });
});

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('int32 matrices are multiplied exactly, transposed %s and %s', (transposeA, transposeB) => {
  const random = randomSource(7);
  const values = (count: number) => Array.from({ length: count }, () => random.integer(-5000, 5000));
  const [a, b] = [values(6), values(12)];
  const plain = naive.matMul(
    transposeA ? naive.transposed(a, 3, 2) : a,
    transposeB ? naive.transposed(b, 4, 3) : b,
    1,
    1,
    [2, 3, 4],
  );
  const product = valuesOf(() =>
    tf.matMul(
      tf.tensor2d(a, transposeA ? [3, 2] : [2, 3], 'int32'),
      tf.tensor2d(b, transposeB ? [4, 3] : [3, 4], 'int32'),
      transposeA,
      transposeB,
    ),
  );
  expect(product).toEqual({ shape: [2, 4], dtype: 'int32', values: plain });
});

test('tensors without elements pass through', () => {
  expect(valuesOf(() => tf.clipByValue(tf.zeros([0, 3]), 0, 1)).shape).toEqual([0, 3]);
  expect(valuesOf(() => tf.maximum(tf.zeros([0, 3]), tf.zeros([3]))).shape).toEqual([0, 3]);
  expect(valuesOf(() => tf.slice(tf.ones([2, 3]), [1, 0], [0, 3])).shape).toEqual([0, 3]);
  expect(valuesOf(() => tf.sum(tf.zeros([0, 3]), 0)).values).toEqual([0, 0, 0]);
  expect(valuesOf(() => tf.cast(tf.zeros([0]), 'bool')).shape).toEqual([0]);
  expect(valuesOf(() => tf.clone(tf.zeros([0]))).shape).toEqual([0]);
});

test('strings can be cloned and sliced', () => {
  const words = tf.tidy(() => tf.slice(tf.clone(tf.tensor1d(['a', 'b', 'c'])), 1, 2).arraySync());
  expect(words).toEqual(['b', 'c']);
});

test('a clone outlives its original, and shares its buffer', () => {
  const x = tf.tensor1d([1, 2]);
  const y = tf.clone(x);
  expect((tf.backend() as tf.KernelBackend).refCount(x.dataId)).toBe(2);
  x.dispose();
  expect([...y.dataSync()]).toEqual([1, 2]);
  y.dispose();
});

test('a slice that does not fit is refused', () => {
  expect(() => tf.slice(tf.ones([2, 3]), [0, 2], [2, 2])).toThrow(/Slice|slice|size/);
});

test('a gather keeps whole numbers exactly, takes indices of any shape, and refuses one that is outside', () => {
  const table = () => tf.tensor2d([1, 2, 16_777_217, 4, 5, 6], [3, 2], 'int32');
  const taken = valuesOf(() =>
    tf.gather(
      table(),
      tf.tensor2d(
        [
          [2, 0],
          [1, 1],
        ],
        [2, 2],
        'int32',
      ),
    ),
  );
  expect(taken.values).toEqual([5, 6, 1, 2, 16_777_217, 4, 16_777_217, 4]);
  expect(valuesOf(() => tf.gather(table(), tf.tensor1d([1, 0], 'int32'), 1)).values).toEqual([
    2, 1, 4, 16_777_217, 6, 5,
  ]);
  for (const index of [-1, 3]) {
    expect(() => tf.tidy(() => tf.gather(table(), tf.tensor1d([index], 'int32')))).toThrow(
      `index value ${index} is not in`,
    );
  }
});

test('segments outside the range are left out', () => {
  const sums = valuesOf(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([-1, 0, 2, 0], 'int32'), 2));
  expect(sums.values).toEqual([10, 0]);
});

test.each([
  ['linear', (v: number) => v],
  ['relu', (v: number) => Math.max(0, v)],
  ['relu6', (v: number) => Math.min(6, Math.max(0, v))],
  ['leakyrelu', (v: number) => (v < 0 ? 0.2 * v : v)],
] as const)('a stack of products with bias and %s is right over many terms', (activation, apply) => {
  // TensorFlow.js's kernel adds the bias, and clips, once for every 48 terms.
  const random = randomSource(11);
  const [a, b, bias] = [random.normals(2 * 3 * 100), random.normals(2 * 100 * 2), random.normals(2)];
  const expected = naive.matMul(a, b, 2, 2, [3, 100, 2]).map((v, i) => apply(v + naive.at(bias, i % 2)));
  const { values } = valuesOf(() =>
    tf.fused.matMul({
      a: tf.tensor3d(a, [2, 3, 100]),
      b: tf.tensor3d(b, [2, 100, 2]),
      bias: tf.tensor1d(bias),
      activation,
      leakyreluAlpha: 0.2,
    }),
  );
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(naive.at(expected, i), 3);
  });
});

const ids = (...values: number[]) => tf.tensor1d(values, 'int32');

test.each<[string, () => tf.Tensor, (number | string)[]]>([
  [
    'einsum',
    () =>
      tf.einsum(
        'ij,jk->ki',
        tf.tensor2d([[1, 2]]),
        tf.tensor2d([
          [3, 4],
          [5, 6],
        ]),
      ),
    [13, 16],
  ],
  // Rows [1, 2] and [3], of which the second and the first are wanted.
  [
    'raggedGather',
    () => tf.raggedGather([ids(0, 2, 3)], tf.tensor1d([1, 2, 3]), ids(1, 0), 1).outputDenseValues,
    [3, 1, 2],
  ],
  ['raggedRange', () => tf.raggedRange(ids(0, 5), ids(3, 7), ids(1, 1)).rtDenseValues as tf.Tensor, [0, 1, 2, 5, 6]],
  [
    'raggedTensorToTensor',
    () => tf.raggedTensorToTensor(ids(2, 2), tf.tensor1d([1, 2, 3]), tf.scalar(9), [ids(0, 2, 3)], ['ROW_SPLITS']),
    [1, 2, 3, 9],
  ],
  ['staticRegexReplace', () => tf.string.staticRegexReplace(tf.tensor1d(['aba'], 'string'), 'a', 'c'), ['cbc']],
])('%s runs in JavaScript, prints nothing and leaks nothing', (_, make, expected) => {
  const warn = vi.spyOn(console, 'warn');
  expect(valuesOf(make).values).toEqual(expected);
  expect(warn).not.toHaveBeenCalled();
  expect(tf.findBackend('cpu').numDataIds()).toBe(0);
  warn.mockRestore();
});
