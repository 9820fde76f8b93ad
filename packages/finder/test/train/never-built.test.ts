import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  type CustomCallbackArgs,
  layers,
  type Sequential,
  sequential,
  callbacks as tfCallbacks,
} from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';

await useBackend('wasm');
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

const xs = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const data = { xs, ys: xs.map(([x = 0, y = 0]) => x - y) };
/** Neither built nor compiled, and the same within it. */
const untouched = (): Sequential => {
  const inner = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
  return sequential({ layers: [inner, layers.dense({ units: 1 })] });
};
const few = { learningRate: 0.05, epochs: 3, batchSize: 8 };

describe('a sequential model that was never built is trained without validation rows', () => {
  test.each<[string, () => CustomCallbackArgs]>([
    ['earlyStopping', () => earlyStopping({ monitor: 'loss', patience: 1, restoreBestWeights: true })],
    ['reduceLROnPlateau', () => reduceLROnPlateau({ monitor: 'loss', patience: 1 })],
    ['learningRateMonitor', () => learningRateMonitor()],
    ['terminateOnNaN', () => terminateOnNaN()],
    ['warmUp', () => warmUp(2)],
    ["TensorFlow.js's earlyStopping", () => tfCallbacks.earlyStopping({ monitor: 'loss' }) as CustomCallbackArgs],
    ['an object', () => ({ onEpochEnd() {} })],
  ])('with %s', async (_, make) => {
    const { training } = await train(untouched(), data, { ...few, validationSplit: 0, callbacks: [make()] as never });
    expect(training.evaluations.length).toBeGreaterThan(0);
    expect(training.start).toBeNull();
  });

  test('and a callback may end it at its first epoch', async () => {
    const model = untouched();
    const stop = {
      onEpochEnd() {
        model.stopTraining = true;
      },
    };
    const { training } = await train(model, data, { ...few, validationSplit: 0, callbacks: [stop] });
    expect(training.outcome).toBe('stopped');
    expect(training.evaluations).toHaveLength(1);
  });
});

test('a search and a comparison take it too, and it is as it was', async () => {
  const model = untouched();
  const weights = () => model.getWeights().map((weight) => [...weight.dataSync()]);
  const before = weights();
  const { sweeps } = await findLearningRate(model, data, { steps: 6, repeats: 1, batchSize: 8, validationSplit: 0.2 });
  expect(sweeps[0]?.points.length).toBeGreaterThan(0);
  const options = { trials: [{ learningRate: 0.05 }], epochs: 1, repeats: 1, initialWeights: 'drawn' as const };
  expect((await compare(untouched(), data, options)).ranking).toHaveLength(1);
  expect(weights()).toEqual(before);
  // It can still be compiled and fitted.
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await model.fit(tf.tensor(xs), tf.tensor(data.ys, [24, 1]), { epochs: 1, verbose: 0 });
});

test.each([
  ['findLearningRate', (model: Sequential) => findLearningRate(model, data)],
  ['train', (model: Sequential) => train(model, data, few)],
  ['compare', (model: Sequential) => compare(model, data, { trials: [{ learningRate: 0.1 }] })],
])('%s says that a model without layers has none', async (_, call) => {
  const model = sequential({ name: 'empty' });
  await expect(call(model)).rejects.toThrow(InputError);
  await expect(call(model)).rejects.toThrow('model "empty" must have layers; it has none');
});
