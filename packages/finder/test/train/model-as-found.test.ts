import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { checksum } from '../checksum.js';
import { bits, compiled, drawn, heights, points, regression, rejection, tensorsLeft } from './small-trainings.js';

beforeAll(() => useBackend('wasm'));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few: TrainOptions = { learningRate: 0.05, epochs: 3, batchSize: 8 };

test('a trained model keeps its trained weights, and leaves no tensor behind', async () => {
  const model = compiled(regression());
  const before = bits(model);
  const left = await tensorsLeft(() => train(model, data, { ...few, callbacks: [earlyStopping({ patience: 9 })] }));
  expect(left).toBe(0);
  expect(bits(model)).not.toBe(before);
});

describe('a model is as it was, and no tensor is left, after', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const later = async (batch: number) => {
    if (batch > 1) broken();
  };
  const aborted = () => {
    const controller = new AbortController();
    return { signal: controller.signal, onEpoch: () => controller.abort(new Error('broken')) };
  };
  let calls = 0;
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => {
    if (++calls > 1) throw new Error('broken');
    return tf.losses.meanSquaredError(target, prediction);
  };
  test.each<[string, () => Partial<TrainOptions>]>([
    ['a listener that throws', () => ({ onEpoch: broken })],
    ['a callback that throws at the end of an epoch', () => ({ callbacks: [{ onEpochEnd: broken }] })],
    ['a callback that throws between two batches', () => ({ callbacks: [{ onBatchBegin: later }] })],
    ['a callback that throws after a batch', () => ({ callbacks: [{ onBatchEnd: later }] })],
    ['a callback that throws before all', () => ({ callbacks: [{ onTrainBegin: broken }] })],
    ['a callback that throws after all', () => ({ callbacks: [{ onTrainEnd: broken }] })],
    ['an abort in the middle', aborted],
    ['a loss that throws in the middle of a step', () => ({ loss })],
    ['a schedule that gives no rate', () => ({ learningRate: (step: number) => (step < 7 ? 0.1 : broken()) })],
    [
      'an abort, with callbacks that keep weights',
      () => ({ ...aborted(), callbacks: [earlyStopping({ restoreBestWeights: true, patience: 5 })] }),
    ],
    [
      'a listener that throws, with callbacks that keep weights',
      () => ({ onEpoch: broken, callbacks: [terminateOnNaN({ restoreWeights: true })] }),
    ],
  ])('%s', async (_, options) => {
    const model = compiled(regression());
    const before = bits(model);
    const left = await tensorsLeft(async () => {
      const error = await rejection(train(model, data, { ...few, ...options() }));
      expect(error.message).toMatch(/broken/);
    });
    expect(bits(model)).toBe(before);
    expect(left).toBe(0);
  });

  test('a signal that was aborted before', async () => {
    const model = regression();
    const error = rejection(train(model, data, { ...few, signal: AbortSignal.abort(new Error('before')) }));
    expect((await error).message).toBe('before');
  });
});

describe('a training that diverges gives the model back as it was', () => {
  test('in its middle, and says at which step', async () => {
    const model = compiled(regression(), { optimizer: 'sgd' });
    const before = bits(model);
    let result: Awaited<ReturnType<typeof train>> | undefined;
    const left = await tensorsLeft(async () => {
      result = await train(model, data, { ...few, learningRate: 1e20, test: data });
    });
    expect(left).toBe(0);
    expect(bits(model)).toBe(before);
    const { outcome, divergedAt } = result?.training ?? {};
    expect(outcome).toBe('diverged');
    // All losses before that step are finite, and its own is the last one.
    expect(result?.losses.slice(0, -1).every((loss) => loss !== null)).toBe(true);
    expect(result?.losses.at(-1)).toBeNull();
    expect(divergedAt).toBe((result?.losses.length ?? 0) - 1);
    expect(result?.test).toBeNull();
  });

  test('by its last step, whose loss was still finite', async () => {
    const model = compiled(regression(), { optimizer: 'sgd' });
    const before = bits(model);
    const result = await train(model, data, { learningRate: 3e38, epochs: 1, batchSize: 64, test: data });
    expect(result.losses).toHaveLength(1);
    expect(result.losses[0]).not.toBeNull();
    expect(result.training.outcome).toBe('diverged');
    expect(result.test).toBeNull();
    expect(bits(model)).toBe(before);
  });
});

test('its own optimizer is untouched: training goes on exactly as in a twin that was never trained by us', async () => {
  const [model, twin] = [compiled(regression()), compiled(regression())] as [LayersModel, LayersModel];
  const [x, y] = [tf.tensor2d(xs), tf.tensor2d(heights(xs), [40, 1])];
  for (const each of [model, twin]) for (let i = 0; i < 3; i++) await each.trainOnBatch(x, y);
  const { optimizer, loss, metrics } = model;
  const before = model.getWeights().map((weight) => weight.clone());
  await train(model, data, { ...few, callbacks: [{ onEpochEnd() {} }] });
  expect([model.optimizer, model.loss, model.metrics]).toEqual([optimizer, loss, metrics]);
  expect(model.optimizer).toBe(optimizer);
  model.setWeights(before);
  for (const each of [model, twin]) for (let i = 0; i < 3; i++) await each.trainOnBatch(x, y);
  expect(bits(model)).toBe(bits(twin));
});

describe('a stateful layer, made for batches of eight,', () => {
  type Recurrent = ReturnType<typeof layers.simpleRNN>;
  const rnn = () => layers.simpleRNN({ units: 3, stateful: true, kernelInitializer: drawn(1) }) as Recurrent;
  const modelWith = (layer: layers.Layer) => {
    const inputs = input({ batchShape: [8, 2] });
    const steps = layers.reshape({ targetShape: [2, 1] }).apply(inputs);
    const outputs = layers.dense({ units: 1, kernelInitializer: drawn(2) }).apply(layer.apply(steps)) as SymbolicTensor;
    return functional({ inputs, outputs });
  };
  const predicted = (model: LayersModel, count = 8) =>
    tf.tidy(() => [...(model.predict(tf.tensor2d(points(count))) as tf.Tensor).dataSync()]);

  test('keeps its state, which goes on from where it was', async () => {
    const [layer, other] = [rnn(), rnn()];
    const [model, twin] = [modelWith(layer), modelWith(other)];
    twin.setWeights(model.getWeights());
    for (const each of [model, twin]) predicted(each);
    const state = [layer.states].flat()[0] as tf.Tensor;
    const stateBefore = checksum([state]);
    const left = await tensorsLeft(async () => {
      await findLearningRate(model, data, { steps: 6, repeats: 1, batchSize: 8, loss: 'mse' });
      await expect(train(model, data, { ...few, loss: 'mse', learningRate: 0 })).rejects.toThrow(InputError);
    });
    expect(left).toBe(0);
    expect([layer.states].flat()[0]).toBe(state);
    expect(checksum([state])).toBe(stateBefore);
    expect(layer.stateful).toBe(true);
    const next = predicted(model);
    expect(next).toEqual(predicted(twin));
    // Without a state it would repeat itself.
    expect(next).not.toEqual(predicted(modelWith(layer)));
    expect(() => predicted(model, 7)).toThrow();
  });

  test.each<[string, () => layers.Layer]>([
    ['alone', rnn],
    ['both ways', () => layers.bidirectional({ layer: rnn(), mergeMode: 'concat' })],
  ])('is swept and evaluated on batches of any size, each for itself, which a note says, %s', async (_, make) => {
    const model = modelWith(make());
    let losses: (number | undefined | null)[] = [];
    const left = await tensorsLeft(async () => {
      // At these rates the weights stay, and so does the loss, unless an earlier batch's state were carried over.
      const rates = { startLr: 1e-30, endLr: 1e-29, steps: 30, repeats: 1 };
      const { sweeps, setup } = await findLearningRate(model, data, {
        ...rates,
        loss: 'mse',
        batchSize: 7,
        validationSplit: 0.3,
      });
      losses = sweeps.flatMap(({ points }) => points.flatMap(({ validation }) => validation ?? []));
      expect(setup.notes.filter((note) => / is stateful: the sweep forgets its state/.test(note))).toHaveLength(1);
    });
    expect(left).toBe(0);
    expect(new Set(losses).size).toBe(1);
    expect(losses[0]).toBeGreaterThan(0);
  });

  test.each<[string, () => layers.Layer, RegExp]>([
    ['alone', rnn, /^model "\w+" must have no stateful layer, .*; got layer "simple_rnn_\w+" \(SimpleRNN\): set its/],
    [
      'both ways',
      () => layers.bidirectional({ layer: rnn(), mergeMode: 'concat' }),
      /; got layer "bidirectional_\w+" \(Bidirectional\): set its stateful to false, or train it with model.fit/,
    ],
  ])('is not trained or compared on shuffled rows, %s', async (_, make, message) => {
    const model = modelWith(make());
    const nested = functional({ inputs: model.inputs, outputs: model.apply(model.inputs) as SymbolicTensor });
    for (const each of [model, nested]) {
      await expect(train(each, data, { ...few, loss: 'mse' })).rejects.toThrow(message);
      const trials = [{ learningRate: 0.1 }];
      await expect(compare(each, data, { trials, epochs: 1, loss: 'mse' })).rejects.toThrow(message);
    }
  });
});
