import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { softmaxCrossEntropy, useBackend } from '../src/node/index.js';
import { liveTensors } from './support/check.js';
import { FOLDER } from './support/tensorflow.js';

const LOGITS = [
  [
    [2, -1, 0.5],
    [0.1, 0.2, -3],
  ],
  [
    [50, 0, -50],
    [1, 1, 1],
  ],
];
const LABELS = [
  [
    [0, 0, 1],
    [0.2, 0.5, 0.3],
  ],
  [
    [1, 0, 0],
    [0, 1, 0],
  ],
];
const logits = LOGITS.flat();
const labels = LABELS.flat();

const softmax = (row: number[]) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / total);
};
const EXPECTED = logits.reduce((sum, row, i) => {
  const total = Math.log(row.reduce((all, value) => all + Math.exp(value), 0));
  return sum + row.reduce((all, value, j) => all + (labels[i]?.[j] as number) * (total - value), 0) / logits.length;
}, 0);
// The gradient of three times the mean over rows.
const SLOPES = logits.flatMap((row, i) =>
  softmax(row).map((share, j) => (3 * (share - (labels[i]?.[j] as number))) / logits.length),
);

describe.each(['wasm', 'cpu', ...(FOLDER ? ['tensorflow' as const] : [])] as const)('on %s', (backend) => {
  test('is the mean of −Σ labels · log softmax over rows of any number of axes, with its gradient, and leaks nothing', async () => {
    await useBackend(backend);
    const [x, y] = [tf.tensor3d(LOGITS), tf.tensor3d(LABELS)];
    const before = liveTensors();
    const loss = softmaxCrossEntropy(y, x);
    expect(loss.shape).toEqual([]);
    expect(loss.dataSync()[0]).toBeCloseTo(EXPECTED, 5);
    const slope = tf.grad((one) => tf.mul(softmaxCrossEntropy(y, one), 3))(x);
    for (const [i, value] of slope.dataSync().entries()) expect(value).toBeCloseTo(SLOPES[i] as number, 5);
    tf.dispose([loss, slope]);
    expect(liveTensors()).toEqual(before);
    tf.dispose([x, y]);
  });
});

test.skipIf(!FOLDER)('is one operation on tensorflow, gradient included', async () => {
  await useBackend('tensorflow');
  const [x, y] = [tf.tensor2d(logits), tf.tensor2d(labels)];
  const { kernels } = await tf.profile(() => tf.dispose(tf.grad((one) => softmaxCrossEntropy(y, one))(x)) as never);
  expect(kernels.map(({ name }) => name)).toContain('SoftmaxCrossEntropyWithLogits');
  expect(kernels.map(({ name }) => name)).not.toContain('Exp');
  tf.dispose([x, y]);
});
