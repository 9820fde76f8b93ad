import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients, expectClose, liveTensors } from '../support/check.js';
import * as naive from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** Adds up over axes: every element goes to the place that its other indices give. */
function added(x: number[], shape: number[], axes: number[]): number[] {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const sums = new Array<number>(naive.product(kept)).fill(0);
  x.forEach((value, i) => {
    const indices = shape.map((n, axis) => Math.floor(i / naive.product(shape.slice(axis + 1))) % n);
    const to = kept.reduce((at, n, axis) => at * n + (n === 1 ? 0 : naive.at(indices, axis)), 0);
    (sums[to] as number) += value;
  });
  return sums;
}

const SHAPES: [shape: number[], axes: number[]][] = [
  [[4, 3], [0]],
  [[4, 3], [1]],
  [
    [4, 3],
    [0, 1],
  ],
  [[2, 3, 4], [1]],
  [
    [2, 3, 4],
    [0, 1],
  ],
  [
    [2, 3, 4],
    [1, 2],
  ],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 2, 4],
    [1, 2],
  ],
];

test.each(SHAPES)('the mean of %j over axes %j', (shape, axes) => {
  const count = naive.product(axes.map((axis) => naive.at(shape, axis)));
  checkOpAndGradients(
    {
      shapes: [shape],
      op: (x) => tf.mean(x as tf.Tensor, axes),
      naive: (x) => added(x as number[], shape, axes).map((sum) => sum / count),
    },
    randomSource(800),
  );
});

describe('many rows, which are added up in blocks of 32', () => {
  // 32 · 9 + 3 rows: some are left over.
  const LARGE: [shape: number[], axes: number[]][] = [
    [[291, 40], [0]],
    [
      [3, 97, 40],
      [0, 1],
    ],
    [[2, 291, 16], [1]],
    [[400, 7, 5], [1]],
  ];
  test.each(LARGE)('sum and mean of %j over axes %j', (shape, axes) => {
    const values = randomSource(801).normals(naive.product(shape));
    const before = liveTensors();
    const [sum, mean] = tf.tidy(() => {
      const x = tf.tensor(values, shape);
      return [tf.sum(x, axes).dataSync(), tf.mean(x, axes).dataSync()];
    });
    const expected = added(values, shape, axes);
    const count = naive.product(axes.map((axis) => naive.at(shape, axis)));
    expectClose(sum, expected, 'sum');
    expectClose(
      mean,
      expected.map((value) => value / count),
      'mean',
    );
    expect(liveTensors()).toEqual(before);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d reaches its own sum alone', (odd) => {
    const sums = tf.tidy(() => {
      const x = tf.ones([1000, 9]).bufferSync();
      x.set(odd, 77, 4);
      return [...tf.sum(x.toTensor(), 0).dataSync()];
    });
    expect(sums).toEqual(new Array(9).fill(1000).with(4, odd));
  });

  test('a number that float32 cannot count to is reached all the same', () => {
    const rows = 2 ** 22;
    const [sum] = tf.tidy(() => [...tf.sum(tf.fill([rows, 2], 1.25), 0).dataSync()]);
    expect(sum).toBe(rows * 1.25);
    const [odd] = tf.tidy(() => [...tf.sum(tf.fill([2 ** 21 + 1, 8], 9), 0).dataSync()]);
    expect(odd).toBe(Math.fround((2 ** 21 + 1) * 9));
  });
});
