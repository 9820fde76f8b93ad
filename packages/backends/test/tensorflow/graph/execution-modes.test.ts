import { afterEach, expect, test, vi } from 'vitest';
import type { Context } from '../../../src/tensorflow/context.js';
import { executionModes } from '../../../src/tensorflow/graph/execution-modes.js';
import { modeTuner } from '../../../src/tensorflow/graph/mode-tuner.js';

const context = (gpu?: string) => ({ gpu: gpu && { name: gpu, type: 'GPU' } }) as Context;
const [all, single, gpu] = [context(), context(), context('GPU:0')];
const PLAIN = { convolutions: false, randomNumbers: false };
const CONVOLUTIONS = { convolutions: true, randomNumbers: false };
const RANDOM = { convolutions: false, randomNumbers: true };
const names = (contexts: { all: Context; single: Context }, contains = PLAIN, operations = 100) =>
  executionModes(contexts, operations, contains).map(({ name }) => name);
/** The modes in which the calls run that the tuner chooses for, where a call takes the same time in each. */
const tried = (time: number, calls: number, operations = 200) => {
  const modes = executionModes({ all, single }, operations, PLAIN);
  const tuner = modeTuner(modes, calls);
  const used = Array.from({ length: calls }, (_, call) => modes[tuner.next(call * time)]?.name);
  return [...new Set(used)];
};

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a network without convolutions starts with one thread; all threads and XLA may be tried', () => {
  expect(names({ all, single })).toEqual(['one thread', 'all threads', 'xla']);
  expect(executionModes({ all, single }, 100, PLAIN).map((mode) => mode.context)).toEqual([single, all, undefined]);
});

test('with one thread there is no choice of threads', () => {
  expect(names({ all: single, single })).toEqual(['one thread', 'xla']);
});

test('convolutions use all threads from the first call on, because their last bits depend on it', () => {
  expect(names({ all, single }, CONVOLUTIONS)).toEqual(['all threads']);
});

test('on a GPU, one thread of the CPU is not among the modes', () => {
  expect(names({ all: gpu, single: gpu })).toEqual(['all threads', 'xla']);
  expect(names({ all: gpu, single: gpu }, CONVOLUTIONS)).toEqual(['all threads', 'xla']);
});

test('XLA is not tried on the CPU where it was slower: with random numbers, and for more than 1000 operations', () => {
  expect(names({ all, single }, RANDOM)).toEqual(['one thread', 'all threads']);
  expect(names({ all, single }, PLAIN, 1598)).toEqual(['one thread', 'all threads']);
  expect(names({ all: gpu, single: gpu }, RANDOM)).toEqual(['all threads', 'xla']);
});

test('the calls of short searches stay with one thread; XLA is tried in long runs, and threads where a step takes long', () => {
  expect(tried(0.6, 5000)).toEqual(['one thread']);
  expect(tried(4, 750)).toEqual(['one thread']);
  expect(tried(0.6, 50_000)).toEqual(['one thread', 'xla']);
  expect(tried(30, 750)).toEqual(['one thread', 'all threads']);
});

test('with LRFIND_DETERMINISTIC=1 there is one mode only', () => {
  vi.stubEnv('LRFIND_DETERMINISTIC', '1');
  expect(names({ all, single })).toEqual(['one thread']);
  expect(names({ all, single }, CONVOLUTIONS)).toEqual(['all threads']);
});
