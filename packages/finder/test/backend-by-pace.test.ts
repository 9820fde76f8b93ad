import { backendInUse, useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasSoftwareGpu } from '../../backends/test/support/software-gpu.js';
import { isWorthMoving } from '../src/engine/pace.js';
import { findLearningRate } from '../src/index.js';

vi.mock('../src/engine/pace.js', async (original) => {
  const real = await original<typeof import('../src/engine/pace.js')>();
  // Searches of a test are short.
  return { ...real, isWorthMoving: vi.fn(real.isWorthMoving), measuringBudget: () => 60_000 };
});

const xs = Float32Array.from({ length: 120 }, (_, i) => Math.sin(i * i));
const ys = Float32Array.from({ length: 30 }, (_, i) => Math.cos(i));

function smallModel() {
  const model = sequential({ layers: [layers.dense({ units: 4, inputShape: [4] }), layers.dense({ units: 1 })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

async function search(model = smallModel()) {
  const data = { xs: tf.tensor2d(xs, [30, 4]), ys: tf.tensor2d(ys, [30, 1]) };
  try {
    return await findLearningRate(model, data, { repeats: 1, verify: false, steps: 24, batchSize: 8 });
  } finally {
    tf.dispose(data);
  }
}

const measured = ({ setup }: Awaited<ReturnType<typeof search>>) =>
  setup.notes.find((note) => /measurement/.test(note));

interface Gpu {
  requestAdapter(options?: object): Promise<object | null>;
}

/** Lets the software driver say that it is a GPU. */
async function pretendHardware(isHardware: boolean): Promise<void> {
  await useBackend('webgpu');
  const { gpu } = navigator as unknown as { gpu: Gpu };
  const adapter = Object.getPrototypeOf(gpu).requestAdapter as Gpu['requestAdapter'];
  gpu.requestAdapter = async (options) => {
    const found = (await adapter.call(gpu, options)) as object;
    return isHardware ? Object.defineProperty(found, 'info', { value: { vendor: 'pretended' } }) : found;
  };
}

describe.skipIf(!hasSoftwareGpu)('auto by pace', () => {
  beforeEach(() => {
    vi.stubEnv('LRFIND_TENSORFLOW', undefined);
    vi.stubEnv('LRFIND_CACHE', '/nowhere');
    vi.stubEnv('PATH', '/nowhere');
    vi.stubEnv('LRFIND_DETERMINISTIC', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.mocked(isWorthMoving).mockClear();
  });
  afterAll(() => useBackend('wasm'));

  test('stays on wasm where its steps are faster, and says what was measured', async () => {
    await pretendHardware(true);
    await useBackend('auto', { byPace: true });
    const model = smallModel();
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    const tensors = tf.memory().numTensors;
    const result = await search(model);
    expect(measured(result)).toMatch(
      /^backend wasm, by measurement: a step takes [\d.]+ ms on wasm; [\d.]+ ms on webgpu$/,
    );
    expect(result.environment).toMatchObject({ backend: 'wasm', device: expect.stringMatching(/WebAssembly/) });
    expect(backendInUse()?.name).toBe('wasm');
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('moves to webgpu where that is worth it, and leaves the model as it was', async () => {
    await pretendHardware(true);
    await useBackend('auto', { byPace: true });
    vi.mocked(isWorthMoving).mockReturnValueOnce(true);
    const model = smallModel();
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    const result = await search(model);
    expect(measured(result)).toMatch(
      /^backend webgpu, by measurement: a step takes [\d.]+ ms on wasm; [\d.]+ ms on webgpu$/,
    );
    expect(result.environment).toMatchObject({ backend: 'webgpu', device: expect.stringMatching(/pretended/) });
    const after = await Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
    expect(after).toEqual(before);
  });

  test.each([
    ['the driver computes on the CPU', () => pretendHardware(false), { byPace: true }, undefined],
    ['nobody asked for it', () => pretendHardware(true), {}, undefined],
    ['no choice shall depend on times', () => pretendHardware(true), { byPace: true }, '1'],
  ])('measures nothing where %s', async (_, prepare, options, deterministic) => {
    await prepare();
    vi.stubEnv('LRFIND_DETERMINISTIC', deterministic);
    await useBackend('auto', options);
    expect(measured(await search())).toBeUndefined();
    expect(isWorthMoving).not.toHaveBeenCalled();
  });

  test('is refused with a name', async () => {
    await expect(useBackend('wasm', { byPace: true })).rejects.toThrow(
      'byPace must come with the backend auto; got wasm',
    );
  });
});
