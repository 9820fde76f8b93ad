import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackendError, useBackend } from '../../src/node/index.js';
import { configProto } from '../../src/tensorflow/config-proto.js';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { openTensorFlow } from '../../src/tensorflow/open.js';
import { describeTensorFlow, FOLDER } from '../support/tensorflow.js';

const silent = ['log', 'info', 'warn', 'error'] as const;

beforeEach(() => {
  for (const method of silent) vi.spyOn(console, method);
});

afterEach(() => {
  for (const method of silent) expect(console[method]).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a folder without the libraries, or with something else by their names, is a BackendError that says so', () => {
  expect(() => openTensorFlow('/no/such/folder')).toThrow(BackendError);
  expect(() => openTensorFlow('/no/such/folder')).toThrow(
    /\/no\/such\/folder\/libtensorflow_framework.* does not exist/,
  );
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
  try {
    for (const end of ['so.2', '2.dylib']) {
      writeFileSync(join(folder, `libtensorflow_framework.${end}`), 'text');
      writeFileSync(join(folder, `libtensorflow_cc.${end}`), 'text');
    }
    expect(() => openTensorFlow(folder)).toThrow(BackendError);
    expect(() => openTensorFlow(folder)).toThrow(/cannot be loaded: .*libtensorflow_framework/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a wrong number of threads is a BackendError', async () => {
  vi.stubEnv('LRFIND_TENSORFLOW', FOLDER ?? '/no/such/folder');
  for (const threads of ['0', '-1', '1.5', 'two', '']) {
    vi.stubEnv('LRFIND_THREADS', threads);
    await expect(useBackend('tensorflow')).rejects.toThrow(
      `LRFIND_THREADS must be a whole number from 1; got "${threads}"`,
    );
  }
});

test('the configuration is the protocol buffer that TensorFlow writes', () => {
  // tf.compat.v1.ConfigProto(intra_op_parallelism_threads=n, inter_op_parallelism_threads=n,
  //   gpu_options=tf.compat.v1.GPUOptions(allow_growth=True)).SerializeToString().hex()
  expect(Buffer.from(configProto(2)).toString('hex')).toBe('1002280232022001');
  expect(Buffer.from(configProto(300)).toString('hex')).toBe('10ac0228ac0232022001');
});

describeTensorFlow('the tensorflow backend', () => {
  // On macOS the system itself refuses such a file.
  test.runIf(process.platform === 'linux')(
    'a library whose end is missing is a BackendError, and does not end the process',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
      try {
        const [whole, cut] = LIBRARY_FILES.map((file) => join(FOLDER as string, file)) as [string, string];
        symlinkSync(whole, join(folder, LIBRARY_FILES[0]));
        const beginning = Buffer.alloc(1e6);
        const file = openSync(cut, 'r');
        readSync(file, beginning);
        closeSync(file);
        writeFileSync(join(folder, LIBRARY_FILES[1]), beginning);
        expect(() => openTensorFlow(folder)).toThrow(BackendError);
        expect(() => openTensorFlow(folder)).toThrow(
          `TensorFlow's library ${join(folder, LIBRARY_FILES[1])} is incomplete: it has 1000000 of ${statSync(cut).size} bytes`,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('says its version and device, computes, and prints nothing', async () => {
    const info = await useBackend('tensorflow');
    expect(info).toMatchObject({ name: 'tensorflow', why: 'as asked' });
    expect(info.version).toMatch(/^2\.\d+\.\d+/);
    expect(info.device).toMatch(new RegExp(`^(CPU \\(TensorFlow ${info.version}, \\d+ threads?\\)|GPU \\(.+\\))$`));
    expect(tf.getBackend()).toBe('tensorflow');
    expect(await useBackend('tensorflow')).toEqual(info);
    const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]));
    expect(product.arraySync()).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test('and wasm use tensors of each other', async () => {
    await useBackend('wasm');
    const x = tf.tensor1d([1, 2, 3]);
    await useBackend('tensorflow');
    const y = tf.square(x);
    await useBackend('wasm');
    expect([...tf.neg(y).dataSync()]).toEqual([-1, -4, -9]);
  });

  test('can be removed, which frees its tensors, and made again', async () => {
    await useBackend('tensorflow');
    const factory = tf.findBackendFactory('tensorflow');
    const kept = tf.square(tf.tensor1d([3]));
    const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
    expect(binding.getNumOfTensors()).toBeGreaterThan(0);
    tf.removeBackend('tensorflow');
    expect(binding.getNumOfTensors()).toBe(0);
    kept.dispose();
    tf.registerBackend('tensorflow', factory);
    await useBackend('tensorflow');
    expect([...tf.square(tf.tensor1d([3])).dataSync()]).toEqual([9]);
  });

  test('from another folder is refused once it is loaded', async () => {
    await useBackend('tensorflow');
    expect(() => openTensorFlow('/another/folder')).toThrow(`TensorFlow is already loaded from ${FOLDER}`);
  });
});
