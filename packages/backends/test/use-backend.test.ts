import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError, backendChoices, useBackend } from '../src/index.js';
import { LIBRARY_FILES } from '../src/tensorflow/library-files.js';
import { kernelNames } from '../src/wasm/kernels.js';

const silent = ['log', 'info', 'warn', 'error'] as const;

beforeEach(() => {
  for (const method of silent) vi.spyOn(console, method);
});

afterEach(() => {
  for (const method of silent) expect(console[method]).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

const kernels = () => kernelNames.map((name) => tf.getKernel(name, 'wasm')?.kernelFunc);

describe('auto', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
  const put = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  beforeEach(() => {
    vi.stubEnv('LRFIND_TENSORFLOW', undefined);
    vi.stubEnv('LRFIND_CACHE', put('cache'));
    vi.stubEnv('PATH', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is wasm where there is no TensorFlow, and says where it computes and why', async () => {
    const info = await useBackend('auto');
    expect(info.name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(info.version).toBe('4.22.0');
    expect(info.device).toMatch(/^CPU \(WebAssembly.*\d+ threads?\)$/);
    expect(info.why).toMatch(/^no TensorFlow was found; /);
    expect(tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).arraySync())).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test('is wasm where a TensorFlow is found that does not start, and says so', async () => {
    const broken = put('broken');
    for (const file of LIBRARY_FILES) writeFileSync(join(broken, file), 'no library');
    vi.stubEnv('LRFIND_TENSORFLOW', broken);
    const info = await useBackend();
    expect([info.name, tf.getBackend()]).toEqual(['wasm', 'wasm']);
    expect(info.why).toMatch(/^TensorFlow was found in .*broken, but does not work: .*libtensorflow_framework/);
    await expect(useBackend('tensorflow')).rejects.toThrow(/libtensorflow_framework/);
  });

  test('is nothing where LRFIND_TENSORFLOW is wrong', async () => {
    vi.stubEnv('LRFIND_TENSORFLOW', put('empty'));
    await expect(useBackend('auto')).rejects.toThrow(BackendError);
    await expect(useBackend('auto')).rejects.toThrow(/^LRFIND_TENSORFLOW is ".*empty": looked for/);
    expect((await useBackend('wasm')).name).toBe('wasm');
  });

  test('tensorflow says every place that it was looked for when it is asked for and not there', async () => {
    await expect(useBackend('tensorflow')).rejects.toThrow(
      /^no TensorFlow was found: LRFIND_TENSORFLOW is not set; not installed in .*; no python3 on PATH; /,
    );
  });
});

test('a second call changes no kernel, and tensors live on', async () => {
  await useBackend('wasm');
  const before = kernels();
  const x = tf.tensor1d([1, 2, 3]);
  await useBackend('wasm');
  expect(kernels()).toEqual(before);
  expect([...x.dataSync()]).toEqual([1, 2, 3]);
  x.dispose();
});

test("it corrects a wasm backend that is made again by the caller's own setBackend", async () => {
  await useBackend('wasm');
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  await tf.setBackend('wasm');
  await useBackend('wasm');
  expect(tf.tidy(() => tf.clipByValue([Number.NaN, 2], 0, 1).arraySync())).toEqual([Number.NaN, 1]);
  expect(tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]), false, true).arraySync())).toEqual([
    [3, 3],
    [3, 3],
  ]);
});

test('cpu can be asked for, prints nothing, and gives way to wasm again', async () => {
  const info = await useBackend('cpu');
  expect(info).toMatchObject({ name: 'cpu', device: 'CPU (JavaScript)', why: 'as asked' });
  expect(tf.getBackend()).toBe('cpu');
  const x = tf.tensor1d([4]);
  expect([...x.dataSync()]).toEqual([4]);
  await useBackend('wasm');
  expect(tf.tidy(() => tf.square(x).arraySync())).toEqual([16]);
  x.dispose();
});

test('an unknown backend is refused with the names that are allowed', async () => {
  const refusal = useBackend('webgl' as 'auto');
  await expect(refusal).rejects.toBeInstanceOf(BackendError);
  await expect(refusal).rejects.toMatchObject({
    requested: 'webgl',
    allowed: backendChoices.map(({ name }) => name),
    message: 'unknown backend "webgl"; allowed: auto, tensorflow, wasm, cpu',
  });
});

test('the process keeps its own handling of uncaught errors', async () => {
  await useBackend('wasm');
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  const before = [process.listeners('uncaughtException'), process.listeners('unhandledRejection')];
  tf.registerBackend('wasm', factory);
  await useBackend('wasm');
  expect([process.listeners('uncaughtException'), process.listeners('unhandledRejection')]).toEqual(before);
});
