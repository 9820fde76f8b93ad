import { useBackend } from '@lrfind/backends';
import { TrainingResult } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { compiled, heights, points, regression } from './small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
// Validation rows whose targets have the opposite sign: the better the model learns, the higher their loss.
const validation = { xs: points(10, 100), ys: heights(points(10, 100)).map((y) => -y) };
const worsening: TrainOptions = { learningRate: 0.1, optimizer: 'sgd', epochs: 8, batchSize: 8, validation };
const stopping = () => earlyStopping({ patience: 3, restoreBestWeights: true });

/** The loss of a model, from TensorFlow.js itself. */
function lossOf(model: LayersModel, rows: { xs: number[][]; ys: number[] }): number {
  return tf.tidy(() => {
    const loss = model.evaluate(tf.tensor2d(rows.xs), tf.tensor2d(rows.ys, [rows.ys.length, 1])) as tf.Scalar;
    return loss.dataSync()[0] as number;
  });
}

test('the numbers of restored weights are those of the model, and the epoch is that of the best evaluation', async () => {
  const model = compiled(regression());
  const { restored, training } = await train(model, data, { ...worsening, callbacks: stopping() });
  const losses = training.evaluations.map((each) => each.validation?.loss as number);
  const best = losses.indexOf(Math.min(...losses));
  expect(best).toBeLessThan(losses.length - 1);
  expect(restored).toEqual({
    step: 5 * (best + 1),
    epoch: best + 1,
    validation: training.evaluations[best]?.validation,
  });
  expect(restored?.validation?.loss).toBeCloseTo(lossOf(model, validation), 5);
  expect(losses.at(-1)).toBeGreaterThan(lossOf(model, validation) + 0.01);
});

test('a training without a restoring callback, and one that ends at its best, hold the last weights', async () => {
  const plain = await train(regression(), data, worsening);
  const without = await train(regression(), data, { ...worsening, callbacks: earlyStopping({ patience: 3 }) });
  const improving = await train(regression(), data, { ...worsening, validation: data, callbacks: stopping() });
  expect([plain, without, improving].map(({ restored }) => restored)).toEqual([null, null, null]);
});

test('without validation rows the epoch is known and there is no number', async () => {
  const callbacks = earlyStopping({ monitor: 'loss', mode: 'max', patience: 2, restoreBestWeights: true });
  const options = { ...worsening, validation: undefined, validationSplit: 0, callbacks };
  const { restored } = await train(compiled(regression()), data, options);
  expect(restored).toEqual({ step: 5, epoch: 1, validation: null });
});

test("weights that the caller's own callback puts back are found by their loss", async () => {
  const model = compiled(regression());
  let kept: tf.Tensor[] = [];
  const callbacks = {
    onEpochEnd: async (epoch: number) => {
      if (epoch === 1) kept = model.getWeights().map((weight) => weight.clone());
    },
    onTrainEnd: async () => model.setWeights(kept),
  };
  const { restored, training } = await train(model, data, { ...worsening, callbacks });
  expect(restored).toEqual({ step: 10, epoch: 2, validation: training.evaluations[1]?.validation });
  tf.dispose(kept);
});

test('weights that belong to no evaluation have their own numbers', async () => {
  const model = compiled(regression());
  const zeros = model.getWeights().map((weight) => tf.zerosLike(weight));
  const { restored } = await train(model, data, {
    ...worsening,
    callbacks: { onTrainEnd: async () => model.setWeights(zeros) },
  });
  expect(restored).toMatchObject({ step: null, epoch: null });
  // A network of zeros predicts 0.
  const square = validation.ys.reduce((sum, y) => sum + y ** 2, 0) / validation.ys.length;
  expect(restored?.validation?.loss).toBeCloseTo(square, 5);
  tf.dispose(zeros);
});

test('after a loss that is not finite, the weights that terminateOnNaN puts back are measured', async () => {
  const model = compiled(regression());
  const { restored, training } = await train(model, data, {
    ...worsening,
    learningRate: 1e20,
    callbacks: terminateOnNaN({ restoreWeights: true }),
  });
  expect(training.outcome).toBe('diverged');
  expect(restored).not.toBeNull();
  expect(restored?.validation?.loss).toBeCloseTo(lossOf(model, validation), 5);
});

test.each([
  ['that puts nothing back', () => terminateOnNaN()],
  ['that only reads', () => ({ onBatchEnd: () => {} })],
  ['that has kept no epoch yet', stopping],
])('a training that diverges with a callback %s restores nothing, and the model is as it was', async (_, callback) => {
  // The first loss is infinite in float32, and its gradient and the weights after it are finite.
  for (const [size, learningRate] of [
    [1e20, 1e-10],
    [1, 1e25],
  ] as const) {
    const model = regression();
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    const far = { xs, ys: data.ys.map((y) => y * size) };
    const options = { ...worsening, learningRate, loss: 'meanSquaredError', callbacks: callback() };
    const { restored, training, test: tested } = await train(model, far, { ...options, test: data });
    expect(training.outcome).toBe('diverged');
    expect([restored, tested]).toEqual([null, null]);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
  }
});

test('a result with restored weights follows the published schema, and leaves no tensors', async () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(TrainingResult)));
  const model = regression();
  const tensors = tf.memory().numTensors;
  const result = await train(model, data, { ...worsening, callbacks: stopping() });
  expect(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
});
