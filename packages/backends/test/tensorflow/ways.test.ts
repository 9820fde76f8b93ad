import { afterEach, expect, test, vi } from 'vitest';
import type { Context } from '../../src/tensorflow/context.js';
import { waysOf } from '../../src/tensorflow/graph/execution-modes.js';

const context = (gpu?: string) => ({ gpu: gpu && { name: gpu, type: 'GPU' } }) as Context;
const [all, single, gpu] = [context(), context(), context('GPU:0')];
const names = (contexts: { all: Context; single: Context }, convolutional = false) =>
  waysOf(contexts, 100, convolutional).map(({ name }) => name);

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a network without convolutions begins with one thread, and may get more or XLA', () => {
  expect(names({ all, single })).toEqual(['one thread', 'all threads', 'xla']);
  expect(waysOf({ all, single }, 100, false).map((way) => way.context)).toEqual([single, all, undefined]);
});

test('where there is one thread, there is no choice of threads', () => {
  expect(names({ all: single, single })).toEqual(['one thread', 'xla']);
});

test('convolutions have all threads from the first call on, since their last bits depend on it', () => {
  expect(names({ all, single }, true)).toEqual(['all threads']);
});

test('a GPU is never left for the CPU’s one thread', () => {
  expect(names({ all: gpu, single: gpu })).toEqual(['all threads', 'xla']);
  expect(names({ all: gpu, single: gpu }, true)).toEqual(['all threads', 'xla']);
});

test('with LRFIND_DETERMINISTIC=1 nothing is left to the clock', () => {
  vi.stubEnv('LRFIND_DETERMINISTIC', '1');
  expect(names({ all, single })).toEqual(['one thread']);
  expect(names({ all, single }, true)).toEqual(['all threads']);
});
