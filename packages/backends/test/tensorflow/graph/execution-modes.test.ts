import { afterEach, expect, test, vi } from 'vitest';
import type { Context } from '../../../src/tensorflow/context.js';
import { executionModes } from '../../../src/tensorflow/graph/execution-modes.js';

const context = (gpu?: string) => ({ gpu: gpu && { name: gpu, type: 'GPU' } }) as Context;
const [all, single, gpu] = [context(), context(), context('GPU:0')];
const names = (contexts: { all: Context; single: Context }, convolutional = false) =>
  executionModes(contexts, 100, convolutional).map(({ name }) => name);

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a network without convolutions starts with one thread; all threads and XLA may be tried', () => {
  expect(names({ all, single })).toEqual(['one thread', 'all threads', 'xla']);
  expect(executionModes({ all, single }, 100, false).map((mode) => mode.context)).toEqual([single, all, undefined]);
});

test('with one thread there is no choice of threads', () => {
  expect(names({ all: single, single })).toEqual(['one thread', 'xla']);
});

test('convolutions use all threads from the first call on, because their last bits depend on it', () => {
  expect(names({ all, single }, true)).toEqual(['all threads']);
});

test('on a GPU, one thread of the CPU is not among the modes', () => {
  expect(names({ all: gpu, single: gpu })).toEqual(['all threads', 'xla']);
  expect(names({ all: gpu, single: gpu }, true)).toEqual(['all threads', 'xla']);
});

test('with LRFIND_DETERMINISTIC=1 there is one mode only', () => {
  vi.stubEnv('LRFIND_DETERMINISTIC', '1');
  expect(names({ all, single })).toEqual(['one thread']);
  expect(names({ all, single }, true)).toEqual(['all threads']);
});
