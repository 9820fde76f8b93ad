import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients } from '../support/check.js';
import * as naive from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  // This brings TensorFlow.js's own gradients, which know the last axis alone.
  await import('@tensorflow/tfjs-layers');
  await useBackend('wasm');
});

describe('batch normalisation along any axis is its formula', () => {
  const shape = [2, 3, 2, 4];
  test.each([0, 1, 2, 3])('axis %i', (axis) => {
    const random = randomSource(950 + axis);
    const own = shape.map((n, i) => (i === axis ? n : 1));
    const inner = naive.product(shape.slice(axis + 1));
    const epsilon = 1e-3;
    checkOpAndGradients(
      {
        shapes: [shape, own, own, own, own],
        // A variance is positive.
        op: (x, mean, v, offset, scale) =>
          tf.batchNorm(
            x as tf.Tensor,
            mean as tf.Tensor,
            tf.add(tf.square(v as tf.Tensor), 0.5),
            offset as tf.Tensor,
            scale as tf.Tensor,
            epsilon,
          ),
        naive: (x, mean, v, offset, scale) =>
          (x as number[]).map((value, i) => {
            const c = Math.floor(i / inner) % (shape[axis] as number);
            const [m, w, o, s] = [mean, v, offset, scale].map((values) => naive.at(values as number[], c));
            return (
              ((s as number) * (value - (m as number))) / Math.sqrt((w as number) ** 2 + 0.5 + epsilon) + (o as number)
            );
          }),
      },
      random,
    );
  });

  test('vectors of the last axis', () => {
    const at = (values: number[] | undefined, i: number) => naive.at(values as number[], i % 3);
    checkOpAndGradients(
      {
        shapes: [[4, 3], [3], [3], [3], [3]],
        op: (x, mean, v, offset, scale) =>
          tf.batchNorm(
            x as tf.Tensor2D,
            mean as tf.Tensor1D,
            tf.add(tf.square(v as tf.Tensor1D), 0.5),
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
            1e-3,
          ),
        naive: (x, mean, v, offset, scale) =>
          (x as number[]).map(
            (value, i) =>
              (at(scale, i) * (value - at(mean, i))) / Math.sqrt(at(v, i) ** 2 + 0.5 + 1e-3) + at(offset, i),
          ),
      },
      randomSource(955),
    );
  });

  test('without scale and offset, which are then 1 and 0', () => {
    const y = tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
      const alongHeight = (values: number[]) => tf.tensor4d(values, [1, 2, 1, 1]);
      return tf.batchNorm(x, alongHeight([1, 2]), alongHeight([4, 1]), undefined, undefined, 0);
    });
    expect([...y.dataSync()]).toEqual([0, 0.5, 1, 2]);
    y.dispose();
  });
});
