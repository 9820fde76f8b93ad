import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { useBackend } from '../../../src/node/index.js';

/** The factory that the package registers. */
const factory = tf.findBackendFactory('wasm');

beforeEach(() => {
  vi.stubEnv('LRFIND_THREADS', '2');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
});

test('a wasm backend that the caller has started stays, with its tensors and its one thread', async () => {
  await tf.setBackend('wasm');
  const backend = tf.backend();
  const x = tf.tensor1d([1, 2, 3]);
  const { device } = await useBackend('wasm');
  expect(device).toMatch(/, 1 thread\)$/);
  expect(tf.backend()).toBe(backend);
  expect([...tf.square(x).dataSync()]).toEqual([1, 4, 9]);
});

test('one that is still starting stays too', async () => {
  const started = tf.setBackend('wasm');
  const { device } = await useBackend('wasm');
  expect(await started).toBe(true);
  expect(device).toMatch(/, 1 thread\)$/);
});

test('one that has not been started gets threads', async () => {
  expect((await useBackend('wasm')).device).toMatch(/, 2 threads\)$/);
});
