import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { compile, MemoryError, settleBackend, useBackend } from '../../src/node/index.js';
import { elementwiseProgram } from '../../src/webgpu/elementwise-program.js';
import type { WebGpuBackend } from '../../src/webgpu/gpu.js';
import { hasSoftwareGpu } from '../support/software-gpu.js';

const gpu = () => tf.backend() as WebGpuBackend;

/** A tensor by a shader. */
function computed(body: string): tf.Tensor {
  const info = gpu().runWebGPUProgram(elementwiseProgram(body, [], [2], body), [], 'float32');
  return tf.engine().makeTensorFromTensorInfo(info);
}

describe.skipIf(!hasSoftwareGpu)('an error on WebGPU', () => {
  test('of a shader that does not compile is thrown by every read that follows, until it is settled', async () => {
    await useBackend('webgpu');
    const right = computed('setOutputAtIndex(index, 7.0);');
    expect([...(await right.data())]).toEqual([7, 7]);
    const wrong = computed('setOutputAtIndex(index, nothing);');
    const later = tf.add(right, 1);
    await expect(wrong.data()).rejects.toThrow(/^webgpu computed wrong numbers: .*nothing/);
    await expect(later.data()).rejects.toThrow(/nothing/);
    // JavaScript has these.
    expect([...(await right.data())]).toEqual([7, 7]);
    const failure = await settleBackend();
    expect(failure).toMatchObject({ lost: false, error: { name: 'BackendError' } });
    expect(await settleBackend()).toBeUndefined();
    expect([...(await tf.add(right, 1).data())]).toEqual([8, 8]);
  });

  test('of memory that is used up says what to do', async () => {
    await useBackend('webgpu');
    const huge = tf.engine().makeTensorFromTensorInfo(gpu().makeTensorInfo([2 ** 29, 4], 'float32'));
    gpu().uploadToGPU(huge.dataId);
    const { error } = (await settleBackend()) ?? {};
    expect(error?.message).toMatch(/^webgpu/);
    expect(error instanceof MemoryError || /buffer|size/i.test(error?.message ?? '')).toBe(true);
  });

  test('in the check of a compiled function is thrown by its next call', async () => {
    await useBackend('webgpu');
    const doubled = compile(([x]) => [tf.mul(x as tf.Tensor, 2)], [], 10, true);
    const x = tf.tensor1d([1, 2]);
    doubled.call([x]);
    computed('setOutputAtIndex(index, missing);');
    await expect
      .poll(() => {
        try {
          doubled.call([x]);
          return 'no error';
        } catch (error) {
          return (error as Error).message;
        }
      })
      .toMatch(/missing/);
    await settleBackend();
    doubled.dispose();
  });

  test('that the device was lost is thrown, and another device takes its place', async () => {
    await useBackend('webgpu');
    const read = computed('setOutputAtIndex(index, 5.0);');
    await read.data();
    const unread = tf.add(read, 1);
    (gpu().device as unknown as { destroy(): void }).destroy();
    await expect(unread.data()).rejects.toThrow(/^webgpu lost its device \(destroyed\)/);
    expect([...(await read.data())]).toEqual([5, 5]);
    expect(await settleBackend()).toMatchObject({ lost: true });
    expect([...(await computed('setOutputAtIndex(index, 6.0);').data())]).toEqual([6, 6]);
  });

  test('tells whoever reads at once to read later', async () => {
    await useBackend('webgpu');
    expect(() => computed('setOutputAtIndex(index, 1.5);').dataSync()).toThrow(/await data\(\)/);
  });
});

test('a missing package is named with the command that installs it', async () => {
  // The built package, where nothing else can be found.
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-no-webgpu-'));
  try {
    const built = fileURLToPath(new URL('../..', import.meta.url));
    const copy = join(folder, 'node_modules/@lrfind/backends');
    mkdirSync(copy, { recursive: true });
    for (const part of ['dist', 'package.json', 'python', 'vendor'])
      cpSync(join(built, part), join(copy, part), { recursive: true });
    for (const name of [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-cpu',
      '@lrfind/core',
      'dequal',
      'koffi',
    ])
      await link(join(built, 'node_modules', name), join(folder, 'node_modules', name));
    const program = `
      const { useBackend, listBackends } = await import(${JSON.stringify(pathToFileURL(join(copy, 'dist/node/index.js')).href)});
      const error = await useBackend('webgpu').catch((error) => error);
      console.log(JSON.stringify([error.name, error.message, listBackends().find(({ name }) => name === 'webgpu')]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      // pnpm's launcher names its own folder of packages there.
      env: { ...process.env, NODE_PATH: '' },
    });
    const [name, message, listed] = JSON.parse(stdout);
    expect([name, message]).toEqual([
      'BackendError',
      'backend webgpu: webgpu and @tensorflow/tfjs-backend-webgpu not installed: npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0',
    ]);
    expect(listed).toMatchObject({ usable: false, version: null, device: null });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function link(from: string, to: string): Promise<void> {
  const { symlink } = await import('node:fs/promises');
  mkdirSync(join(to, '..'), { recursive: true });
  await symlink(from, to);
}
