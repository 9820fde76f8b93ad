import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { hasSoftwareGpu } from '../support/software-gpu.js';

const nan = Number.NaN;
const functions = {
  elu: tf.elu,
  exp: tf.exp,
  expm1: tf.expm1,
  log: tf.log,
  log1p: tf.log1p,
  relu: tf.relu,
  relu6: tf.relu6,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  tanh: tf.tanh,
  'root of a power': (x: tf.Tensor) => tf.pow(x, 0.5),
  clipByValue: (x: tf.Tensor) => tf.clipByValue(x, -1, 1),
  maximum: (x: tf.Tensor) => tf.maximum(x, 0),
  minimum: (x: tf.Tensor) => tf.minimum(x, 0),
};
/** Of one cell, which gives each number as it is. */
const convolution = (x: tf.Tensor, activation: tf.fused.Activation) => ({
  x: tf.reshape(x, [1, 1, -1, 1]) as tf.Tensor4D,
  filter: tf.ones([1, 1, 1, 1]) as tf.Tensor4D,
  strides: 1,
  pad: 'same' as const,
  activation,
  bias: tf.zeros([1]),
});
const fused = (['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const).flatMap((activation) => [
  [
    `product with ${activation}`,
    (x: tf.Tensor) =>
      tf.fused.matMul({
        a: tf.reshape(x, [-1, 1]),
        b: tf.ones([1, 1]) as tf.Tensor2D,
        activation,
        bias: tf.zeros([1]),
      }),
  ],
  [`convolution with ${activation}`, (x: tf.Tensor) => tf.fused.conv2d(convolution(x, activation))],
  [`depthwise convolution with ${activation}`, (x: tf.Tensor) => tf.fused.depthwiseConv2d(convolution(x, activation))],
]) as [string, (x: tf.Tensor) => tf.Tensor][];

/** Values of functions at 0, 1, −2, infinity and minus infinity, from their definitions. */
const { E, LN2 } = Math;
const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const KNOWN: Record<string, [op: (x: tf.Tensor) => tf.Tensor, values: number[]]> = {
  elu: [tf.elu, [0, 1, E ** -2 - 1, high, -1]],
  exp: [tf.exp, [1, E, E ** -2, high, 0]],
  expm1: [tf.expm1, [0, E - 1, E ** -2 - 1, high, -1]],
  log: [tf.log, [low, 0, nan, high, nan]],
  log1p: [tf.log1p, [0, LN2, nan, high, nan]],
  relu6: [tf.relu6, [0, 1, 0, 6, 0]],
  sigmoid: [tf.sigmoid, [0.5, 1 / (1 + 1 / E), 1 / (1 + E ** 2), 1, 0]],
  softplus: [tf.softplus, [LN2, Math.log(1 + E), Math.log(1 + E ** -2), high, 0]],
  tanh: [tf.tanh, [0, Math.tanh(1), Math.tanh(-2), 1, -1]],
  // λ = 1.0507, α = 1.67326 (Klambauer et al., 2017).
  selu: [tf.selu, [0, 1.05070098, 1.05070098 * 1.67326324 * (E ** -2 - 1), high, -1.05070098 * 1.67326324]],
  'power 0.5': [(x) => tf.pow(x, 0.5), [0, 1, nan, high, nan]],
  'power −0.5': [(x) => tf.pow(x, -0.5), [high, 1, nan, 0, nan]],
};

describe.skipIf(!hasSoftwareGpu)('on WebGPU', () => {
  beforeAll(async () => {
    await useBackend('webgpu');
  });

  test.each([...Object.entries(functions), ...fused])('NaN stays NaN: %s', async (_, op) => {
    const values = await tf.tidy(() => op(tf.tensor1d([nan, 1]))).data();
    expect([...values].map(Number.isNaN)).toEqual([true, false]);
  });

  test.each(Object.entries(KNOWN))('%s has its limits', async (_, [op, expected]) => {
    const values = await tf.tidy(() => op(tf.tensor1d([0, 1, -2, high, low]))).data();
    for (const [i, value] of values.entries()) {
      const wanted = expected[i] as number;
      if (Number.isFinite(wanted)) expect(value).toBeCloseTo(wanted, 5);
      else expect(value).toBe(wanted);
    }
  });

  test('a row of softmax with NaN is NaN, and no other row is', async () => {
    const shares = await tf.tidy(() => tf.softmax(tf.tensor2d([nan, 1, 2, 3, 1, 1, 1, 1], [2, 4]))).data();
    expect([...shares]).toEqual([nan, nan, nan, nan, 0.25, 0.25, 0.25, 0.25]);
  });

  test('softmax of more rows than a device has groups of threads along an axis is right in the last one', async () => {
    const rows = 70_001;
    const shares = tf.tidy(() => {
      const logits = tf.concat([tf.zeros([rows - 1, 2]), tf.tensor2d([0, Math.log(3)], [1, 2])]);
      return tf.slice(tf.softmax(logits), [rows - 2, 0], [2, 2]);
    });
    const values = [...(await shares.data())];
    for (const [i, wanted] of [0.5, 0.5, 0.25, 0.75].entries()) expect(values[i]).toBeCloseTo(wanted, 6);
  });

  test('sums and products so far that go backwards are right for every length', async () => {
    for (const [values, sums, products] of [
      [
        [1, 2, 3],
        [6, 5, 3],
        [6, 6, 3],
      ],
      [
        [1, 2, 3, 4, 5],
        [15, 14, 12, 9, 5],
        [120, 120, 60, 20, 5],
      ],
    ] as const) {
      const x = tf.tensor1d([...values]);
      expect([...(await tf.cumsum(x, 0, false, true).data())]).toEqual(sums);
      expect([...(await tf.cumprod(x, 0, false, true).data())]).toEqual(products);
      const exclusive = sums.map((sum, i) => sum - (values[i] as number));
      expect([...(await tf.cumsum(x, 0, true, true).data())]).toEqual(exclusive);
      // Of the sum of all sums so far: how often each number is counted.
      const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.cumsum(x)))(x);
      expect([...(await slope.data())]).toEqual(values.map((_, i) => values.length - i));
    }
  });
});
