import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { hasSoftwareGpu } from '../../backends/test/support/software-gpu.js';
import { type FindOptions, findLearningRate } from '../src/index.js';

/** Values between −0.5 and 0.5, the same in every run. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

const xs = numbers(240, 1);
/** Three classes, by the first number of a row. */
const labels = Array.from({ length: 60 }, (_, row) => Math.floor(((xs[4 * row] as number) + 0.5) * 3));

function smallModel() {
  const model = sequential({
    layers: [
      layers.dense({ units: 6, activation: 'relu', inputShape: [4], kernelRegularizer: 'l1l2' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  model.setWeights(model.getWeights().map((weight, i) => tf.tensor(numbers(weight.size, i + 2), weight.shape)));
  return model;
}

async function search(model: ReturnType<typeof smallModel>, options: FindOptions = {}) {
  const data = { xs: tf.tensor2d(xs, [60, 4]), ys: tf.tensor1d(labels, 'float32') };
  try {
    return await findLearningRate(model, data, { repeats: 1, verify: false, steps: 40, batchSize: 16, ...options });
  } finally {
    tf.dispose(data);
  }
}

const weightsOf = (model: ReturnType<typeof smallModel>) =>
  Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));

interface Destroyable {
  readonly device: { destroy(): void; createShaderModule(options: { code: string }): unknown };
}

describe.skipIf(!hasSoftwareGpu)('a search on WebGPU', () => {
  afterAll(() => useBackend('wasm'));

  test('measures the losses of wasm, by steps that are compiled, and leaves the model as it was', async () => {
    await useBackend('wasm');
    const expected = await search(smallModel());
    await useBackend('webgpu');
    const model = smallModel();
    const before = await weightsOf(model);
    const found = await search(model);
    expect(await weightsOf(model)).toEqual(before);
    expect(found.setup.notes.join()).not.toMatch(/operation by operation/);
    expect(found.environment).toMatchObject({ backend: 'webgpu', device: expect.stringMatching(/SwiftShader/) });
    const losses = (of: typeof found) => of.sweeps[0]?.points.map(({ loss }) => loss as number) ?? [];
    expect(losses(found)).toHaveLength(losses(expected).length);
    for (const [i, loss] of losses(found).entries())
      expect(Math.abs(loss / (losses(expected)[i] as number) - 1)).toBeLessThan(1e-3);
  });

  test('whose device is lost fails with that, and leaves the model as it was, on another device', async () => {
    await useBackend('webgpu');
    const model = smallModel();
    const before = await weightsOf(model);
    const lost = tf.backend();
    const onStep = () => (lost as unknown as Destroyable).device.destroy();
    await expect(search(model, { onStep })).rejects.toThrow(/^webgpu lost its device \(destroyed\)/);
    expect(tf.getBackend()).toBe('webgpu');
    expect(tf.backend()).not.toBe(lost);
    expect(await weightsOf(model)).toEqual(before);
    expect((await search(model, { steps: 16 })).sweeps[0]?.points.length).toBeGreaterThan(8);
  });

  test('on which the device reports an error fails with that, and leaves the model as it was', async () => {
    await useBackend('webgpu');
    const model = smallModel();
    const before = await weightsOf(model);
    const onStep = () => (tf.backend() as unknown as Destroyable).device.createShaderModule({ code: 'no shader' });
    await expect(search(model, { onStep })).rejects.toThrow(/^webgpu computed wrong numbers: .*WGSL/);
    expect(await weightsOf(model)).toEqual(before);
  });
});
