import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { statelessUniform, useBackend } from '../../src/node/index.js';
import { hasSoftwareGpu } from '../support/software-gpu.js';

describe.skipIf(!hasSoftwareGpu)('a kernel for WebGPU', () => {
  beforeAll(async () => {
    expect(await useBackend('webgpu')).toMatchObject({ name: 'webgpu', device: expect.stringMatching(/SwiftShader/) });
  });

  test('transposes whole numbers and masks, which TensorFlow.js writes as floats', async () => {
    const numbers = tf.tensor3d([16777217, 2, 3, 4, 5, 6], [1, 2, 3], 'int32');
    expect([...(await tf.transpose(numbers, [2, 0, 1]).data())]).toEqual([16777217, 4, 2, 5, 3, 6]);
    const mask = tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool');
    expect([...(await tf.transpose(mask).data())]).toEqual([1, 1, 0, 1, 0, 0]);
    // A cast of whole numbers to floats changes their name alone.
    expect([...(await tf.transpose(tf.cast(mask, 'float32')).data())]).toEqual([1, 1, 0, 1, 0, 0]);
  });

  test('gives a gradient to each number of a padded window by the part within the input', async () => {
    // Three numbers in windows of two, the last of which reaches beyond: (a + b) / 2, c.
    const x = tf.tensor4d([1, 2, 3], [1, 3, 1, 1]);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.avgPool(x as tf.Tensor4D, [2, 1], [2, 1], 'same')))(x);
    expect([...(await gradient.data())]).toEqual([0.5, 0.5, 1]);
    const volume = tf.reshape(x, [1, 3, 1, 1, 1]);
    const gradient3d = tf.grad((x: tf.Tensor) => tf.sum(tf.avgPool3d(x as tf.Tensor5D, [2, 1, 1], [2, 1, 1], 'same')))(
      volume,
    );
    expect([...(await gradient3d.data())]).toEqual([0.5, 0.5, 1]);
  });

  test('takes powers with whole exponents to the last bits, and others as WGSL does', async () => {
    const powers = await tf
      .pow(tf.tensor1d([0.999, 0.999, -2, 2, 0, -1]), tf.tensor1d([1, 1000, 3, -2, 0, 0.5]))
      .data();
    expect(powers[0]).toBe(Math.fround(0.999));
    expect(Math.abs((powers[1] as number) / Math.fround(0.999) ** 1000 - 1)).toBeLessThan(1000 * 2 ** -24);
    expect([...powers.slice(2, 5)]).toEqual([-8, 0.25, 1]);
    expect(powers[5]).toBeNaN();
    expect((await tf.pow(2, 0.5).data())[0]).toBeCloseTo(Math.SQRT2, 5);
  });

  test('slices five axes with strides', async () => {
    const x = tf.reshape(tf.range(0, 32), [2, 2, 2, 2, 2]);
    const every = await tf.stridedSlice(x, [0, 0, 0, 0, 0], [2, 2, 2, 2, 2], [2, 1, 2, 1, 2]).data();
    expect([...every]).toEqual([0, 2, 8, 10]);
  });

  test('draws uniform numbers that depend on seed and salt', async () => {
    const draw = async (seed: [number, number], salt: number) => [
      ...(await statelessUniform([40, 50], tf.tensor1d(seed, 'int32'), salt).data()),
    ];
    const numbers = await draw([3, -4], 5);
    expect(await draw([3, -4], 5)).toEqual(numbers);
    for (const other of [await draw([3, -3], 5), await draw([2, -4], 5), await draw([3, -4], -5)]) {
      const product = numbers.reduce((sum, x, i) => sum + (x - 0.5) * ((other[i] as number) - 0.5), 0) / numbers.length;
      // Of independent numbers its standard deviation is 1/12 / √2000.
      expect(Math.abs(product)).toBeLessThan((4 / 12) * numbers.length ** -0.5);
    }
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * (1 / 12 / numbers.length) ** 0.5);
    expect(numbers.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24))).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(1990);
  });
});
