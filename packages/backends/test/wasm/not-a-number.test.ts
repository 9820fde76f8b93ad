import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';

beforeAll(async () => {
  await useBackend('wasm');
});

const nan = Number.NaN;
const image = (...values: number[]) => tf.tensor4d(values, [1, 2, values.length / 2, 1]);
const one = (...shape: number[]) => tf.ones(shape);
const allNaN = (...shape: number[]) => tf.fill(shape, nan);

/** Each gives at least one value, all of which must be NaN. */
const NAN_STAYS: Record<string, () => tf.Tensor> = {
  clipByValue: () => tf.clipByValue([nan], 0, 1),
  relu: () => tf.relu([nan]),
  relu6: () => tf.relu6([nan]),
  'maximum, first': () => tf.maximum([nan], [0]),
  'maximum, second': () => tf.maximum([0], [nan]),
  'maximum, repeated scalar': () => tf.maximum([1, 2], nan),
  'minimum, first': () => tf.minimum([nan], [0]),
  'minimum, second': () => tf.minimum([0], [nan]),
  'minimum, full broadcast': () => tf.minimum([[1, 2]], [[nan], [nan]]),
  'maxPool, a window of them': () => tf.maxPool(allNaN(1, 2, 2, 1) as tf.Tensor4D, 2, 2, 'valid'),
  'avgPool, one in a window': () => tf.avgPool(image(nan, 1, 2, 3), 2, 2, 'valid'),
  'maxPool3d, a window of them': () => tf.maxPool3d(allNaN(1, 1, 2, 2, 1) as tf.Tensor5D, [1, 2, 2], 1, 'valid'),
  'avgPool3d, one in a window': () => tf.avgPool3d(tf.tensor5d([1, nan, 2, 3], [1, 1, 2, 2, 1]), [1, 2, 2], 1, 'valid'),
  'a sum of columns': () => tf.sum(tf.tensor2d([1, nan], [2, 1]), 0),
  'a sum of many columns': () => tf.sum(allNaN(1000, 9), 0),
  'a mean of columns': () => tf.mean(tf.tensor2d([1, nan], [2, 1]), 0),
  'batch normalisation': () => tf.batchNorm(allNaN(2, 3), [0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]),
  'a sum of rows': () => tf.sum(tf.tensor2d([1, nan], [1, 2]), 1),
  'a transposed product': () => tf.matMul(tf.tensor2d([nan, 1], [2, 1]), one(2, 1) as tf.Tensor2D, true),
  'a slice': () => tf.slice(tf.tensor1d([1, nan]), 1, 1),
  'a sum of segments': () => tf.unsortedSegmentSum(tf.tensor1d([nan]), tf.tensor1d([0], 'int32'), 1),
};
for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
  NAN_STAYS[`fused matMul, ${activation}`] = () =>
    tf.fused.matMul({ a: allNaN(1, 2) as tf.Tensor2D, b: one(2, 1) as tf.Tensor2D, bias: tf.zeros([1]), activation });
  NAN_STAYS[`fused conv2d, ${activation}`] = () =>
    tf.fused.conv2d({
      x: image(nan, nan),
      filter: one(1, 1, 1, 2) as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      bias: tf.zeros([2]),
      activation,
    });
  NAN_STAYS[`fused depthwiseConv2d, ${activation}`] = () =>
    tf.fused.depthwiseConv2d({
      x: image(nan, nan),
      filter: one(1, 1, 1, 1) as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      activation,
    });
}

test.each(Object.entries(NAN_STAYS))('NaN in, NaN out: %s', (_, make) => {
  const values = tf.tidy(() => [...make().dataSync()]);
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) expect(value).toBeNaN();
});

/** A slope of NaN reaches every input below; a NaN among the inputs is where a maximum's slope goes. */
const NAN_SLOPES: Record<string, [shapes: number[][], op: (...inputs: tf.Tensor[]) => tf.Tensor]> = {
  conv2d: [
    [
      [1, 2, 2, 1],
      [2, 2, 1, 1],
    ],
    (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'valid'),
  ],
  'strided conv2d': [
    [
      [1, 2, 2, 1],
      [2, 2, 1, 1],
    ],
    (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, 'valid'),
  ],
  conv3d: [
    [
      [1, 1, 2, 2, 1],
      [1, 2, 2, 1, 1],
    ],
    (x, f) => tf.conv3d(x as tf.Tensor5D, f as tf.Tensor5D, 1, 'valid'),
  ],
  depthwiseConv2d: [
    [
      [1, 2, 2, 1],
      [2, 2, 1, 1],
    ],
    (x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'valid'),
  ],
  avgPool: [[[1, 2, 2, 1]], (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid')],
  avgPool3d: [[[1, 1, 2, 2, 1]], (x) => tf.avgPool3d(x as tf.Tensor5D, [1, 2, 2], 1, 'valid')],
  maxPool: [[[1, 1, 1, 1]], (x) => tf.maxPool(x as tf.Tensor4D, 1, 1, 'valid')],
  relu: [[[3]], tf.relu],
  sigmoid: [[[3]], tf.sigmoid],
  tanh: [[[3]], tf.tanh],
  clipByValue: [[[3]], (x) => tf.clipByValue(x, 0, 2)],
  sum: [[[2, 3]], (x) => tf.sum(x, 0)],
  mean: [[[2, 3]], (x) => tf.mean(x, 0)],
  batchNorm: [
    [[2, 3], [3], [3], [3], [3]],
    // Also to the mean and the variance, which are inputs here.
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D),
  ],
  matMul: [
    [
      [1, 2],
      [2, 1],
    ],
    (a, b) => tf.matMul(a, b),
  ],
};

test.each(Object.entries(NAN_SLOPES))('a slope of NaN goes on to the inputs of %s', (_, [shapes, op]) => {
  tf.tidy(() => {
    const inputs = shapes.map((shape) => tf.ones(shape));
    const dy = tf.fill(op(...inputs).shape, nan);
    for (const gradient of tf.grads(op)(inputs, dy)) for (const value of gradient.dataSync()) expect(value).toBeNaN();
  });
});

describe('maximum pooling', () => {
  test('passes over NaN where a window holds a number, forward and backward', () => {
    const f = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
    const [value, slope] = tf.tidy(() => [
      [...f(image(3, nan, 5, 1)).dataSync()],
      [
        ...tf
          .grad(f)(image(3, nan, 5, 1), tf.ones([1, 1, 1, 1]))
          .dataSync(),
      ],
    ]);
    expect(value).toEqual([5]);
    expect(slope).toEqual([0, 0, 1, 0]);
  });

  // Windows that lie apart, and windows that overlap, have loops of their own.
  test.each([
    [[0, 0, 0, 0], 2, [1, 0, 0, 0]],
    [[nan, nan, nan, nan], 2, [1, 0, 0, 0]],
    [[-1, 2, 2, 1], 2, [0, 1, 0, 0]],
    [[0, 0, 0, 0], 1, [1, 1, 0, 0]],
    [[nan, nan, nan, nan], 1, [1, 1, 0, 0]],
    [[1, 1, 1, 2], 1, [1, 0, 0, 1]],
  ])("of %j, stride %i, gives its slope to a window's first largest value", (values, stride, expected) => {
    const slope = tf.tidy(() => {
      const f = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [2, stride === 2 ? 2 : 1], stride, 'valid');
      const x = image(...values);
      return [
        ...tf
          .grad(f)(x, tf.onesLike(f(x)))
          .dataSync(),
      ];
    });
    expect(slope).toEqual(expected);
  });

  test("gives its slope to a window's first value where all are minus infinity", () => {
    const slope = tf.tidy(() => {
      const f = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
      const low = Number.NEGATIVE_INFINITY;
      return [
        ...tf
          .grad(f)(image(low, low, low, low), tf.ones([1, 1, 1, 1]))
          .dataSync(),
      ];
    });
    expect(slope).toEqual([1, 0, 0, 0]);
  });
});
