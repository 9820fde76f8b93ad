import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { hasSoftwareGpu } from '../../backends/test/support/software-gpu.js';
import {
  type Checkpoint,
  earlyStopping,
  type FindOptions,
  findLearningRate,
  learningRateOf,
  serializeForKeras,
  terminateOnNaN,
  train,
  warmUp,
} from '../src/index.js';

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

describe.skipIf(!hasSoftwareGpu)('on WebGPU, which cannot read numbers at once,', () => {
  afterAll(() => useBackend('wasm'));

  test('a training is stored with the weights that its callbacks keep, and resumed', async () => {
    await useBackend('webgpu');
    const data = { xs: tf.tensor2d(xs, [60, 4]), ys: tf.tensor1d(labels, 'float32') };
    let stored: Parameters<Checkpoint['save']>[0] | null = null;
    const checkpoint: Checkpoint = {
      open: async () => stored,
      save: async (state) => {
        stored = JSON.parse(JSON.stringify(state));
      },
    };
    const trained = (epochs: number) =>
      train(smallModel(), data, {
        learningRate: 0.01,
        epochs,
        batchSize: 20,
        callbacks: [
          earlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true }),
          terminateOnNaN({ restoreWeights: true }),
        ],
        checkpoint,
      });
    await trained(1);
    // A kernel of 4 × 6 and one of 6 × 3, a bias of 6 and one of 3, in float32.
    const bytes = (texts: string[]) => texts.map((text) => Buffer.from(text, 'base64').length);
    const [stopping, finite] = (stored as unknown as { callbacks: Record<string, string[]>[] }).callbacks;
    expect(bytes(stopping?.bestWeights ?? [])).toEqual([96, 24, 72, 12]);
    expect(bytes(finite?.finiteWeights ?? [])).toEqual([96, 24, 72, 12]);
    const resumed = await trained(3);
    expect(resumed.training.evaluations).toHaveLength(3);
    tf.dispose(data);
  });

  test('the state of a callback that keeps weights says how it is read', async () => {
    await useBackend('webgpu');
    const model = smallModel();
    const stopping = earlyStopping({ monitor: 'loss', restoreBestWeights: true });
    stopping.setModel(model);
    await stopping.onTrainBegin?.();
    // Weights that only the device knows.
    for (const weight of model.getWeights()) (weight as tf.Variable).assign(tf.mul(weight, 2) as never);
    await stopping.onEpochEnd?.(0, { loss: 1 });
    expect(() => stopping.state()).toThrow(
      'the state of earlyStopping has weights, which webgpu cannot read at once: await readState() in place of state()',
    );
    expect((await stopping.readState()).bestWeights).toHaveLength(4);
    await stopping.onTrainEnd?.();
  });

  test('callbacks know the rate of sgd, which is a tensor there', async () => {
    await useBackend('webgpu');
    const model = smallModel();
    const optimizer = tf.train.sgd(0.3);
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
    const data = [tf.tensor2d(xs, [60, 4]), tf.tensor1d(labels, 'float32')] as [tf.Tensor, tf.Tensor];
    await model.fit(...data, { epochs: 1, batchSize: 20, verbose: 0, yieldEvery: 'never' });
    expect(() => learningRateOf(optimizer)).toThrow(
      'the learning rate of SGD lies on the backend, which cannot read it at once: set it by setLearningRate(optimizer, rate)',
    );
    await model.fit(...data, { epochs: 1, batchSize: 20, verbose: 0, yieldEvery: 'never', callbacks: [warmUp(2)] });
    expect(learningRateOf(optimizer)).toBe(0.3);
    tf.dispose(data);
  });

  test.each(['keras', 'h5'] as const)('a model is saved as .%s', async (format) => {
    await useBackend('webgpu');
    const model = smallModel();
    for (const weight of model.weights) tf.tidy(() => void weight.write(tf.mul(weight.read(), 2)));
    const saved = await serializeForKeras(model, format);
    const [kernel] = await Promise.all(model.getWeights().map((weight) => weight.data()));
    expect(Buffer.from(saved).includes(Buffer.from((kernel as Float32Array).buffer))).toBe(true);
  });
});
