import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';

beforeEach(async () => {
  // This registers TensorFlow.js's own gradients, of several kernels each.
  await import('@tensorflow/tfjs-layers');
  await useBackend('wasm');
});

const clip = (x: tf.Tensor) => tf.clipByValue(x, -0.5, 0.5);
const ACTIVATIONS: [kernel: string, op: (x: tf.Tensor) => tf.Tensor][] = [
  ['ReluGrad', tf.relu],
  ['SigmoidGrad', tf.sigmoid],
  ['TanhGrad', tf.tanh],
  ['ClipByValueGrad', clip],
];

async function kernelsOf(op: (x: tf.Tensor) => tf.Tensor): Promise<string[]> {
  const x = tf.tensor1d([-1, 0.3]);
  const dy = tf.ones([2]);
  const { kernels } = await tf.profile(() => tf.dispose(tf.grad(op)(x, dy)) as never);
  tf.dispose([x, dy]);
  return kernels.map(({ name }) => name);
}

test.each(ACTIVATIONS)('%s is one kernel on wasm, and made of others on cpu', async (kernel, op) => {
  const own = await kernelsOf(op);
  expect(own.filter((name) => /Grad|Step|Square|Sub|Multiply|Select|Greater/.test(name))).toEqual([kernel]);
  await useBackend('cpu');
  expect(await kernelsOf(op)).not.toContain(kernel);
});

// Not sigmoid and tanh: TensorFlow.js has no second derivative of a kernel whose gradient uses its output.
test.each([
  ['relu', tf.relu, (x: number) => (x > 0 ? 2 : 0)],
  ['clipByValue', clip, (x: number) => (Math.abs(x) < 0.5 ? 2 : 0)],
] as const)('the square of %s has a second derivative', (_, op, second) => {
  const points = [-1.3, -0.2, 0.4, 2];
  const square = (x: tf.Tensor) => tf.square(op(x)) as tf.Tensor;
  const values = tf.tidy(() => [
    ...tf
      .grad((x) => tf.grad(square)(x))(tf.tensor1d(points))
      .dataSync(),
  ]);
  expect(values).toEqual(points.map(second));
});
