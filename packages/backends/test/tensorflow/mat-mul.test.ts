import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients, expectClose } from '../support/check.js';
import * as naive from '../support/naive.js';
import { randomSource } from '../support/random.js';
import { describeTensorFlow } from '../support/tensorflow.js';

describeTensorFlow('the product of matrices', () => {
  beforeAll(async () => {
    await useBackend('tensorflow');
  });

  const stacks = [
    ['two matrices', [], [], 1, 1],
    ['stacks of one', [1], [1], 1, 1],
    ['two stacks', [3], [3], 3, 3],
    ['a stack and one for all', [2, 2], [1, 1], 4, 1],
  ] as const;
  const transposes = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const;

  test.each(stacks.flatMap((stack) => transposes.map((transpose) => [...stack, ...transpose] as const)))(
    'of %s, %j and %j, transposed %#, is the formula, and so are its gradients',
    (_, aStack, bStack, stackA, stackB, transposeA, transposeB) => {
      const [n, k, m] = [3, 4, 5];
      checkOpAndGradients(
        {
          shapes: [
            [...aStack, ...(transposeA ? [k, n] : [n, k])],
            [...bStack, ...(transposeB ? [m, k] : [k, m])],
          ],
          op: (a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB),
          naive: (a, b) =>
            naive.matMul(
              transposeA ? naive.transposed(a as number[], k, n) : (a as number[]),
              transposeB ? naive.transposed(b as number[], m, k) : (b as number[]),
              stackA,
              stackB,
              [n, k, m],
            ),
        },
        randomSource(3),
      );
    },
  );

  test('is the same for a stack that is large', () => {
    const random = randomSource(4);
    const [n, k, m, count] = [128, 64, 80, 8];
    const [a, b] = [random.normals(count * n * k), random.normals(count * k * m)];
    const product = tf.matMul(tf.tensor(a, [count, n, k]), tf.tensor(b, [count, k, m]));
    expectClose(product.dataSync(), naive.matMul(a, b, count, count, [n, k, m]), 'product');
  });

  test('is that of whole numbers too', () => {
    const a = tf.tensor3d([1, 2, 3, 4], [1, 2, 2], 'int32');
    expect(tf.matMul(a, a).arraySync()).toEqual([
      [
        [7, 10],
        [15, 22],
      ],
    ]);
  });
});
