import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { lanesOn, processors, threadsEach } from '../../src/node/processors.js';

afterEach(() => vi.unstubAllEnvs());

test('LRFIND_THREADS is how many processors there are, up to those that there really are', () => {
  vi.stubEnv('LRFIND_THREADS', '1');
  expect(processors()).toBe(1);
  vi.stubEnv('LRFIND_THREADS', '4096');
  expect(processors()).toBe(availableParallelism());
  vi.stubEnv('LRFIND_THREADS', undefined);
  expect(processors()).toBe(availableParallelism());
});

test('lanes share out the processors, with one thread at least and eight at most', () => {
  expect([threadsEach(2, 16), threadsEach(3, 16), threadsEach(5, 2), threadsEach(1, 64)]).toEqual([8, 5, 1, 8]);
});

test('a GPU has one lane, whatever the processors', () => {
  vi.stubEnv('LRFIND_THREADS', undefined);
  expect(lanesOn('GPU (NVIDIA H200, TensorFlow 2.21.0)')).toBe(1);
  expect(lanesOn('CPU (TensorFlow 2.21.0, 1 thread)')).toBe(availableParallelism());
});
