import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError, useBackend } from '../../../src/node/index.js';

beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((text) => expect.unreachable(text));
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A new wasm backend with a number of threads. */
async function restart(threads: number | undefined) {
  if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  vi.stubEnv('LRFIND_THREADS', threads?.toString());
  const { device } = await useBackend('wasm');
  return { device, backend: tf.backend() as BackendWasm };
}

/** The workers of the running backend. */
const workersOf = (backend: BackendWasm) =>
  Object.values((backend.wasm as unknown as { PThread: { pthreads: Record<string, Worker> } }).PThread.pthreads);

test.each([
  [1, /WebAssembly.*, 1 thread\)$/],
  [2, /WebAssembly with SIMD, 2 threads\)$/],
  [3, /WebAssembly with SIMD, 3 threads\)$/],
  [8, /WebAssembly with SIMD, 8 threads\)$/],
])('LRFIND_THREADS=%i is the number of threads, also on fewer processors', async (threads, device) => {
  expect((await restart(threads)).device).toMatch(device);
});

test('by default there are as many threads as the machine runs at once, at most 8', async () => {
  const threads = Math.min(8, availableParallelism());
  expect((await restart(undefined)).device).toContain(`, ${threads} thread`);
});

test.each(['0', '9', '-1', '1.5', '2 ', 'all', ''])('LRFIND_THREADS="%s" is refused', async (value) => {
  vi.stubEnv('LRFIND_THREADS', value);
  const refusal = useBackend('wasm');
  await expect(refusal).rejects.toBeInstanceOf(BackendError);
  await expect(refusal).rejects.toThrow(`LRFIND_THREADS must be a whole number from 1 to 8; got "${value}"`);
});

test('training gives the same bits with 1, 2 and 3 threads', async () => {
  // Sizes that don't divide into tiles evenly.
  const train = async (threads: number) => {
    await restart(threads);
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [17, 19, 3], filters: 21, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 3, strides: 1 }),
        layers.conv2d({ filters: 19, kernelSize: 3, padding: 'same', activation: 'relu' }),
        layers.averagePooling2d({ poolSize: 2, strides: 1 }),
        layers.separableConv2d({ filters: 27, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }),
        layers.flatten(),
        layers.dense({ units: 53, activation: 'tanh' }),
        layers.dense({ units: 7, activation: 'softmax' }),
      ],
    });
    model.setWeights(model.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 0, 0.1, 'float32', i + 1)));
    model.compile({ optimizer: tf.train.adam(1e-2), loss: 'categoricalCrossentropy' });
    const x = tf.randomUniform([33, 17, 19, 3], 0, 1, 'float32', 1);
    const y = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 33 }, (_, i) => i % 7),
        'int32',
      ),
      7,
    );
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) losses.push((await model.trainOnBatch(x, y)) as number);
    const bits = model.getWeights().map((weight) => new Int32Array((weight.dataSync() as Float32Array).slice().buffer));
    return { losses, bits };
  };
  const alone = await train(1);
  expect(alone.losses.at(-1)).toBeLessThan(alone.losses[0] as number);
  expect(await train(2)).toEqual(alone);
  expect(await train(3)).toEqual(alone);
});

describe('a kernel of TensorFlow.js with two million multiplications is shared between the threads, a smaller one is not', () => {
  const image = (size: number, channels: number) => tf.ones([2, size, size, channels]) as tf.Tensor4D;
  const filter = (channels: number, filters: number) => tf.ones([3, 3, channels, filters]) as tf.Tensor4D;
  const bias = (length: number) => tf.ones([length]) as tf.Tensor1D;
  const fused = (pad: 'same' | 'valid') => ({ strides: 1, pad });

  test.each<[string, string, number, (size: number) => tf.Tensor]>([
    // Two products of 100 · 100 multiplications for each column.
    ['BatchMatMul', 'a stack of products', 100, (n) => tf.matMul(tf.ones([2, 100, 100]), tf.ones([2, 100, n]))],
    // 2 · 10 · 10 positions of 3 · 3 · 10 numbers: 18000 for each filter.
    ['Conv2D', 'dilated', 112, (n) => tf.conv2d(image(14, 10), filter(10, n), 1, 'valid', 'NHWC', 2)],
    [
      'FusedConv2D',
      'with bias, dilated',
      112,
      (n) =>
        tf.fused.conv2d({ x: image(14, 10), filter: filter(10, n), bias: bias(n), ...fused('valid'), dilations: 2 }),
    ],
    // 2 · 10 · 10 positions of 3 · 3 numbers: 1800 for each filter, of which a channel has 4 or 1.
    ['DepthwiseConv2dNative', 'unpadded', 278, (n) => tf.depthwiseConv2d(image(12, n), filter(n, 4), 1, 'valid')],
    [
      'FusedDepthwiseConv2D',
      'with bias',
      1112,
      (n) => tf.fused.depthwiseConv2d({ x: image(12, n), filter: filter(n, 1), bias: bias(n), ...fused('valid') }),
    ],
  ])('%s, %s', async (name, _, large, compute) => {
    const { backend } = await restart(3);
    const module = backend.wasm as unknown as { asm: Record<string, (...call: number[]) => void> };
    const kernel = module.asm[name];
    const threads: number[] = [];
    const watched = (...call: number[]) => {
      // The threads of the pool; -1 without one.
      threads.push(backend.wasm.tfjs.getThreadsCount());
      kernel?.(...call);
    };
    module.asm = { ...module.asm, [name]: watched };
    tf.tidy(() => {
      for (const size of [large, large - 1, large]) compute(size);
    });
    expect(threads).toEqual([3, -1, 3]);
  });
});

test('starting threads changes no globals and no listeners of the process', async () => {
  const events = () => process.eventNames().map((name) => [name, process.listeners(name as 'exit')]);
  const os = process.getBuiltinModule('node:os');
  const threads = process.getBuiltinModule('node:worker_threads');
  const before = [Object.getOwnPropertyNames(globalThis), events(), os.cpus, threads.Worker];
  await restart(2);
  expect([Object.getOwnPropertyNames(globalThis), events(), os.cpus, threads.Worker]).toEqual(before);
});

test('tf.removeBackend ends the workers', async () => {
  const { backend } = await restart(3);
  const workers = workersOf(backend);
  expect(workers.map(({ threadId }) => threadId > 0)).toEqual([true, true]);
  tf.removeBackend('wasm');
  await vi.waitFor(() => expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]), 20_000);
});

test.each([1, 2])("tf.removeBackend leaves the program's own handlers, with %i threads", async (threads) => {
  if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  const handler = () => {};
  process.on('uncaughtException', handler);
  process.on('unhandledRejection', handler);
  await restart(threads);
  tf.removeBackend('wasm');
  const listeners = [process.listeners('uncaughtException'), process.listeners('unhandledRejection')];
  process.off('uncaughtException', handler);
  process.off('unhandledRejection', handler);
  expect(listeners.map((all) => all.includes(handler))).toEqual([true, true]);
});

test('a second useBackend, later or at once, starts nothing', async () => {
  if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  vi.stubEnv('LRFIND_THREADS', '2');
  const [first, second] = await Promise.all([useBackend('wasm'), useBackend('wasm')]);
  const backend = tf.backend() as BackendWasm;
  expect(second).toEqual(first);
  expect(await useBackend('wasm')).toEqual(first);
  expect(tf.backend()).toBe(backend);
  expect(workersOf(backend).length).toBe(1);
});

test('memory grows while threads compute on it', async () => {
  const { backend } = await restart(2);
  const bytes = () => (backend.wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8.length;
  const before = bytes();
  const large = tf.fill([3e7], 2);
  expect(bytes()).toBeGreaterThan(before + 1e8);
  const product = tf.matMul(tf.ones([200, 300]), tf.fill([300, 200], 2));
  expect(new Set(product.dataSync())).toEqual(new Set([600]));
  expect(tf.sum(large).dataSync()[0]).toBe(6e7);
  tf.dispose([large, product]);
});
