import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError, listBackends, useBackend } from '../../src/node/index.js';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { kernelNames } from '../../src/wasm/kernels.js';

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

  test('is wasm where there is no TensorFlow, with its device and why', async () => {
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

  test('falls back to wasm where a TensorFlow is found that does not start, and says so', async () => {
    const broken = put('broken');
    for (const file of LIBRARY_FILES) writeFileSync(join(broken, file), 'no library');
    vi.stubEnv('LRFIND_TENSORFLOW', broken);
    const info = await useBackend();
    expect([info.name, tf.getBackend()]).toEqual(['wasm', 'wasm']);
    expect(info.why).toMatch(/^TensorFlow was found in .*broken, but does not work: .*libtensorflow_framework/);
    await expect(useBackend('tensorflow')).rejects.toThrow(/libtensorflow_framework/);
  });

  test('does not fall back where LRFIND_TENSORFLOW is wrong', async () => {
    vi.stubEnv('LRFIND_TENSORFLOW', put('empty'));
    await expect(useBackend('auto')).rejects.toThrow(BackendError);
    await expect(useBackend('auto')).rejects.toThrow(
      /^LRFIND_TENSORFLOW must be a folder with libtensorflow_framework.* and libtensorflow_cc.*; got ".*empty"$/,
    );
    expect((await useBackend('wasm')).name).toBe('wasm');
  });

  test('tensorflow is refused with the reason of every place where it was not found', async () => {
    await expect(useBackend('tensorflow')).rejects.toThrow(
      /^no TensorFlow was found: LRFIND_TENSORFLOW is not set; not installed in .*; no python3 on PATH; /,
    );
  });
});

test('a second call changes no kernel, and tensors stay alive', async () => {
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

test('cpu can be requested, prints nothing, and wasm can replace it again', async () => {
  const info = await useBackend('cpu');
  expect(info).toMatchObject({ name: 'cpu', device: 'CPU (JavaScript)', why: 'as asked' });
  expect(tf.getBackend()).toBe('cpu');
  const x = tf.tensor1d([4]);
  expect([...x.dataSync()]).toEqual([4]);
  await useBackend('wasm');
  expect(tf.tidy(() => tf.square(x).arraySync())).toEqual([16]);
  x.dispose();
});

test('an unknown backend is refused with the allowed names', async () => {
  const refusal = useBackend('webgl');
  await expect(refusal).rejects.toBeInstanceOf(BackendError);
  await expect(refusal).rejects.toMatchObject({
    requested: 'webgl',
    allowed: ['auto', 'tensorflow', 'wasm', 'webgpu', 'cpu'],
    message: 'backend must be one of auto, tensorflow, wasm, webgpu, cpu; got "webgl"; did you mean webgpu?',
  });
  await expect(useBackend('wsm')).rejects.toThrow(/; got "wsm"; did you mean wasm\?$/);
});

test('backends of npm packages are listed with the installed versions, without being opened', () => {
  const [wasm, webgpu, cpu] = listBackends().filter(({ name }) => name !== 'tensorflow');
  const found = { usable: true, version: '4.22.0', folder: null, source: null, notes: [] };
  expect(wasm).toEqual({ name: 'wasm', summary: expect.any(String), ...found, device: 'CPU (WebAssembly)' });
  expect(webgpu).toEqual({ name: 'webgpu', summary: expect.any(String), ...found, device: 'GPU (WebGPU)' });
  expect(cpu).toEqual({ name: 'cpu', summary: expect.any(String), ...found, device: 'CPU (JavaScript)' });
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
