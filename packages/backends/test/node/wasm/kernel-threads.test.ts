import type { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { useBackend, useThreads } from '../../../src/node/index.js';
import { addressOf, floats } from '../../../src/wasm/heap.js';
import { runCalls } from '../../../src/wasm/parallel.js';
import * as wasm from '../../../src/wasm/simd/instructions.js';
import { get, i32Const, SCALAR } from '../../../src/wasm/simd/instructions.js';
import { compilePerMemory, simdFunction } from '../../../src/wasm/simd/module.js';

afterEach(() => vi.unstubAllEnvs());

async function restart(threads: number): Promise<BackendWasm> {
  if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  vi.stubEnv('LRFIND_THREADS', `${threads}`);
  await useBackend('wasm');
  return tf.backend() as BackendWasm;
}

const incrementAt = simdFunction(['at', 'by'], ({ at, by }) => [
  ...[...get(at), ...get(at), ...SCALAR.load(), ...get(by), ...SCALAR.load(), ...SCALAR.add, ...SCALAR.store()],
]);
/** Writes the address of the scratch to a place, after some time, so that other threads take calls too. */
const markScratch = simdFunction(['scratch', 'at', 'count'], ({ scratch, at, count }) => [
  ...wasm.times(count, [...get(scratch), ...get(count), 0x36, 2, 0]),
  ...[...get(at), ...get(scratch), 0x36, 2, 0],
]);
const outOfBounds = simdFunction(['at'], ({ at }) => [
  ...get(at),
  ...i32Const(-4),
  ...SCALAR.load(),
  ...SCALAR.store(),
]);
const compiled = compilePerMemory(() => [incrementAt, markScratch, outOfBounds]);

const MUCH = { operations: 1e9 };

describe.each([1, 2, 3, 8])('with %i threads', (threads) => {
  test.each([1, 2, 7, 1000, 100_000])('each of %i calls runs once', async (count) => {
    const backend = await restart(threads);
    const [increment] = compiled(backend) as [(...args: number[]) => void];
    const [sums, one] = [tf.zeros([count]), tf.scalar(1)];
    const calls = Array.from({ length: count }, (_, i) => [addressOf(backend, sums) + 4 * i, addressOf(backend, one)]);
    for (let times = 1; times <= 3; times++) {
      runCalls(increment, calls, MUCH, backend);
      expect(floats(backend, sums).every((sum) => sum === times)).toBe(true);
    }
  });
});

test('calls that belong together run on one thread, each thread has scratch of its own', async () => {
  const backend = await restart(3);
  const [, mark] = compiled(backend) as ((...args: number[]) => void)[] as [never, (...args: number[]) => void];
  const places = tf.zeros([300], 'int32');
  const calls = Array.from({ length: 300 }, (_, i) => [addressOf(backend, places) + 4 * i, 1e5]);
  const used = new Set<number>();
  for (let attempt = 0; attempt < 20; attempt++) {
    runCalls(mark, calls, { ...MUCH, together: 10, scratchBytes: 1024 }, backend);
    const marks = Array.from(places.dataSync());
    for (let group = 0; group < 300; group += 10) expect(new Set(marks.slice(group, group + 10)).size).toBe(1);
    const distances = [...new Set(marks)].map((mark) => Math.abs(mark - (marks[0] as number)));
    for (const distance of distances) expect([0, 1024, 2048]).toContain(distance);
    used.add(distances.length);
  }
  // Workers have started at the latest after some attempts.
  expect(Math.max(...used)).toBeGreaterThan(1);
});

test('useThreads says how many threads take part at most, and calls run once all the same', async () => {
  const backend = await restart(4);
  const [, mark] = compiled(backend) as ((...args: number[]) => void)[] as [never, (...args: number[]) => void];
  const places = tf.zeros([300], 'int32');
  const calls = Array.from({ length: 300 }, (_, i) => [addressOf(backend, places) + 4 * i, 3e4]);
  const mostOf = (threads: number) => {
    useThreads(threads);
    const used = Array.from({ length: 10 }, () => {
      runCalls(mark, calls, { ...MUCH, scratchBytes: 1024 }, backend);
      return new Set(places.dataSync()).size;
    });
    return Math.max(...used);
  };
  const all = () => mostOf(Number.POSITIVE_INFINITY);
  // Not every thread takes part each time, where other programs compute.
  let most = 0;
  for (let attempt = 0; attempt < 50 && most < 3; attempt++) most = all();
  expect(most).toBeGreaterThan(2);
  for (let attempt = 0; attempt < 5; attempt++) expect(mostOf(2)).toBeLessThan(3);
  useThreads(Number.POSITIVE_INFINITY);
});

test('a backend that begins with one thread has more when they are asked for, up to mostThreads', async () => {
  tf.removeBackend('wasm');
  vi.stubEnv('LRFIND_THREADS', '1');
  const { device } = await useBackend('wasm', { mostThreads: 3 });
  expect(device).toBe('CPU (WebAssembly with SIMD, 1 thread)');
  const backend = tf.backend() as BackendWasm;
  const [, mark] = compiled(backend) as ((...args: number[]) => void)[] as [never, (...args: number[]) => void];
  const places = tf.zeros([300], 'int32');
  const calls = Array.from({ length: 300 }, (_, i) => [addressOf(backend, places) + 4 * i, 3e4]);
  const used = () => {
    runCalls(mark, calls, { ...MUCH, scratchBytes: 1024 }, backend);
    return new Set(places.dataSync()).size;
  };
  for (let attempt = 0; attempt < 10; attempt++) expect(used()).toBe(1);
  for (const [asked, most] of [
    [2, 2],
    [Number.POSITIVE_INFINITY, 3],
  ] as const) {
    useThreads(asked);
    const counts = Array.from({ length: 100 }, used);
    expect(Math.max(...counts)).toBe(most);
  }
  useThreads(1);
  expect(used()).toBe(1);
  await expect(useBackend('wasm', { mostThreads: 0.5 })).rejects.toThrow(
    'mostThreads must be a whole number, at least 1; got 0.5',
  );
});

test('useThreads(1) computes everything in the calling thread', async () => {
  const backend = await restart(3);
  const [, mark] = compiled(backend) as ((...args: number[]) => void)[] as [never, (...args: number[]) => void];
  const places = tf.zeros([300], 'int32');
  const calls = Array.from({ length: 300 }, (_, i) => [addressOf(backend, places) + 4 * i, 1e4]);
  useThreads(1);
  for (let attempt = 0; attempt < 10; attempt++) {
    runCalls(mark, calls, { ...MUCH, scratchBytes: 1024 }, backend);
    expect(new Set(places.dataSync()).size).toBe(1);
  }
  useThreads(Number.POSITIVE_INFINITY);
});

test('a call that fails is an error of the caller, and later ones run', async () => {
  const backend = await restart(2);
  const fail = compiled(backend)?.[2] as (...args: number[]) => void;
  const calls = Array.from({ length: 50 }, () => [addressOf(backend, tf.scalar(1))]);
  expect(() => runCalls(fail, calls, MUCH, backend)).toThrow();
  const [increment] = compiled(backend) as [(...args: number[]) => void];
  const [sum, one] = [tf.scalar(0), tf.scalar(1)].map((tensor) => addressOf(backend, tensor)) as [number, number];
  expect(() =>
    runCalls(
      increment,
      [
        [sum, one],
        [one, sum],
      ],
      MUCH,
      backend,
    ),
  ).not.toThrow();
});

test('tf.removeBackend ends the workers', async () => {
  const started: Worker[] = [];
  const onWorker = (worker: Worker) => started.push(worker);
  process.on('worker', onWorker);
  await restart(3);
  tf.tidy(() => tf.conv2d(tf.ones([8, 30, 30, 8]) as tf.Tensor4D, tf.ones([3, 3, 8, 8]) as tf.Tensor4D, 1, 'same'));
  await vi.waitFor(() => expect(started.filter(({ threadId }) => threadId > 0).length).toBe(4));
  tf.removeBackend('wasm');
  await vi.waitFor(() => expect(started.every(({ threadId }) => threadId === -1)).toBe(true), 20_000);
  process.off('worker', onWorker);
});
