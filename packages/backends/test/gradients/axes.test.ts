import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients } from '../support/check.js';
import { at } from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

type Rows = number[][];
const rowsOf = (x: number[], length: number): Rows =>
  Array.from({ length: x.length / length }, (_, i) => x.slice(i * length, (i + 1) * length));

/** Functions of the rows of a [4, 3] matrix. */
const OF_ROWS: Record<string, [op: (x: tf.Tensor) => tf.Tensor, formula: (row: number[]) => number[]]> = {
  'cumulative sum': [(x) => tf.cumsum(x, 1), ([a = 0, b = 0, c = 0]) => [a, a + b, a + b + c]],
  'reverse exclusive cumulative sum': [(x) => tf.cumsum(x, 1, true, true), ([, b = 0, c = 0]) => [b + c, c, 0]],
  max: [(x) => tf.max(x, 1), (row) => [Math.max(...row)]],
  min: [(x) => tf.min(x, 1), (row) => [Math.min(...row)]],
  mean: [(x) => tf.mean(x, 1), ([a = 0, b = 0, c = 0]) => [(a + b + c) / 3]],
  product: [(x) => tf.prod(x, 1), ([a = 0, b = 0, c = 0]) => [a * b * c]],
  logSumExp: [(x) => tf.logSumExp(x, 1), (row) => [Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0))]],
  softmax: [
    (x) => tf.softmax(x),
    (row) => {
      const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
      return row.map((v) => Math.exp(v) / total);
    },
  ],
  logSoftmax: [
    (x) => tf.logSoftmax(x),
    (row) => {
      const total = Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0));
      return row.map((v) => v - total);
    },
  ],
  reverse: [(x) => tf.reverse(x, 1), (row) => row.toReversed()],
  'tile twice': [(x) => tf.tile(x, [1, 2]), (row) => [...row, ...row]],
  'pad by 1 and 2': [
    (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
      ]),
    (row) => [0, ...row, 0, 0],
  ],
  'pad by reflection': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 1],
        ],
        'reflect',
      ),
    ([a = 0, b = 0, c = 0]) => [c, b, a, b, c, b],
  ],
  'pad by symmetry': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 1],
        ],
        'symmetric',
      ),
    ([a = 0, b = 0, c = 0]) => [b, a, a, b, c, c],
  ],
  'two parts, joined the other way round': [
    (x) => {
      const [a, b] = tf.split(x, [1, 2], 1) as [tf.Tensor, tf.Tensor];
      return tf.concat([b, a, a], 1);
    },
    ([a = 0, b = 0, c = 0]) => [b, c, a, a],
  ],
  'columns apart and stacked again': [
    (x) => tf.stack((tf.unstack(x, 1) as tf.Tensor[]).toReversed(), 1),
    ([a = 0, b = 0, c = 0]) => [c, b, a],
  ],
  where: [(x) => tf.where(tf.greater(x, 0), tf.square(x), tf.neg(x)), (row) => row.map((v) => (v > 0 ? v * v : -v))],
  'broadcast of a mean': [
    (x) => tf.broadcastTo(tf.mean(x, 1, true), [4, 2]),
    ([a = 0, b = 0, c = 0]) => [(a + b + c) / 3, (a + b + c) / 3],
  ],
};

test.each(Object.entries(OF_ROWS))('%s', (_, [op, formula]) => {
  checkOpAndGradients(
    { shapes: [[4, 3]], op: (x) => op(x as tf.Tensor), naive: (x = []) => rowsOf(x, 3).flatMap(formula) },
    randomSource(1),
  );
});

test('mean and max over the first axis', () => {
  const columns = (x: number[]) => [0, 1, 2].map((c) => [0, 1, 2, 3].map((r) => at(x, r * 3 + c)));
  checkOpAndGradients(
    {
      shapes: [[4, 3]],
      op: (x) => tf.mean(x as tf.Tensor, 0),
      naive: (x = []) => columns(x).map((column) => column.reduce((a, b) => a + b) / 4),
    },
    randomSource(2),
  );
  checkOpAndGradients(
    {
      shapes: [[4, 3]],
      op: (x) => tf.max(x as tf.Tensor, 0, true),
      naive: (x = []) => columns(x).map((column) => Math.max(...column)),
    },
    randomSource(3),
  );
});

test('the slope of a product does not divide by a zero among its factors', () => {
  const slope = tf.tidy(() => [
    ...tf
      .grad((x) => tf.prod(x))(tf.tensor1d([2, 0, 3]))
      .dataSync(),
  ]);
  expect(slope).toEqual([0, 6, 0]);
});

test('gather along a middle axis', () => {
  const ids = [2, 0, 2];
  checkOpAndGradients(
    {
      shapes: [[2, 3, 2]],
      op: (x) => tf.gather(x as tf.Tensor, tf.tensor1d(ids, 'int32'), 1),
      naive: (x = []) => [0, 1].flatMap((b) => ids.flatMap((id) => [0, 1].map((c) => at(x, (b * 3 + id) * 2 + c)))),
    },
    randomSource(4),
  );
});

test('gather with indices of its own for each row', () => {
  const ids = [
    [2, 0],
    [1, 1],
  ];
  checkOpAndGradients(
    {
      shapes: [[2, 3]],
      op: (x) => tf.gather(x as tf.Tensor, tf.tensor2d(ids, [2, 2], 'int32'), 1, 1),
      naive: (x = []) => ids.flatMap((row, b) => row.map((id) => at(x, b * 3 + id))),
    },
    randomSource(5),
  );
});

test('batch normalisation', () => {
  checkOpAndGradients(
    {
      shapes: [[5, 2], [2], [2], [2], [2]],
      op: (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x as tf.Tensor2D,
          mean as tf.Tensor1D,
          tf.square(variance as tf.Tensor1D),
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          0.5,
        ),
      naive: (x = [], mean = [], variance = [], offset = [], scale = []) =>
        x.map((v, i) => {
          const c = i % 2;
          return (at(scale, c) * (v - at(mean, c))) / Math.sqrt(at(variance, c) ** 2 + 0.5) + at(offset, c);
        }),
    },
    randomSource(6),
  );
});

test('space to batch and back', () => {
  checkOpAndGradients(
    {
      shapes: [[1, 2, 2, 1]],
      op: (x) =>
        tf.spaceToBatchND(
          x as tf.Tensor4D,
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ),
      naive: (x = []) => x,
    },
    randomSource(7),
  );
  checkOpAndGradients(
    {
      shapes: [[4, 1, 1, 1]],
      op: (x) =>
        tf.batchToSpaceND(
          x as tf.Tensor4D,
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ),
      naive: (x = []) => x,
    },
    randomSource(8),
  );
});

test('nearest and bilinear upsampling of a batch', () => {
  const repeat = (x: number[]) =>
    [0, 1].flatMap((b) => [0, 0, 1, 1].flatMap((r) => [0, 0, 1, 1].map((c) => at(x, (b * 2 + r) * 2 + c))));
  checkOpAndGradients(
    {
      shapes: [[2, 2, 2, 1]],
      op: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 4]),
      naive: (x = []) => repeat(x),
    },
    randomSource(9),
  );
  // With aligned corners three positions are the two ends and their mean.
  const between = [
    [1, 0],
    [0.5, 0.5],
    [0, 1],
  ];
  checkOpAndGradients(
    {
      shapes: [[2, 2, 2, 1]],
      op: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 3], true),
      naive: (x = []) =>
        [0, 1].flatMap((b) =>
          between.flatMap((rows) =>
            between.map((columns) =>
              [0, 1, 2, 3].reduce((sum, i) => sum + at(rows, i >> 1) * at(columns, i & 1) * at(x, b * 4 + i), 0),
            ),
          ),
        ),
    },
    randomSource(10),
  );
});

test('transposed 3-D convolution trains: its slopes are those of the convolution it turns round', () => {
  tf.tidy(() => {
    const random = randomSource(11);
    const x = tf.tensor5d(random.normals(8), [1, 2, 2, 2, 1]);
    const filter = tf.tensor5d(random.normals(8), [2, 2, 2, 1, 1]);
    const dy = tf.tensor5d(random.normals(27), [1, 3, 3, 3, 1]);
    const f = (a: tf.Tensor, b: tf.Tensor) =>
      tf.conv3dTranspose(a as tf.Tensor5D, b as tf.Tensor5D, [1, 3, 3, 3, 1], 1, 'valid');
    const [dx, dFilter] = tf.grads(f as (...inputs: tf.Tensor[]) => tf.Tensor)([x, filter], dy) as [
      tf.Tensor,
      tf.Tensor,
    ];
    // The map is linear in each, so <dy, f(x)> = <dx, x> = <dFilter, filter>.
    const dot = (a: tf.Tensor, b: tf.Tensor) => at(tf.sum(tf.mul(a, b)).dataSync(), 0);
    expect(dot(dx, x)).toBeCloseTo(dot(dy, f(x, filter)), 4);
    expect(dot(dFilter, filter)).toBeCloseTo(dot(dy, f(x, filter)), 4);
  });
});
