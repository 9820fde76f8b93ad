import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import type { Dataset } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { criticalUpdate } from '../../src/engine/critical-update.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { weightVariables } from '../../src/model/weights.js';
import { type OptimizerSpec, optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend } from '../backend.js';
import { checksum } from '../checksum.js';

beforeAll(() => useBackend(backend));

const ROWS = 24;
const features = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), 3 * Math.cos(1.7 * i), Math.sin(0.3 * i + 1)]);
const numbers = features.map(
  ([a, b, c]) => 2 * (a as number) - (b as number) + 0.5 * (c as number) + Math.sin(7 * (a as number)),
);
const labels = numbers.map((value) => (value > 0.4 ? 1 : 0));
const initial = [0.3, -0.2, 0.1];

const dataset = (targets: readonly number[]): Dataset => ({
  rows: ROWS,
  inputs: [{ shape: [3], values: Float32Array.from(features.flat()) }],
  targets: [{ shape: [1], values: Float32Array.from(targets) }],
  notes: [],
});
const unit = (activation: 'linear' | 'sigmoid' = 'linear', more = {}) => {
  const model = sequential({
    layers: [layers.dense({ units: 1, inputShape: [3], useBias: false, activation, ...more })],
  });
  tf.tidy(() => model.setWeights([tf.tensor2d(initial, [3, 1])]));
  return model;
};

/** What is found for the first update, or one after some steps; weights, state and tensors must be as before. */
async function found(
  model: LayersModel,
  data: Dataset,
  optimizer: OptimizerSpec,
  {
    loss = 'meanSquaredError',
    guess = 0.1,
    batches = [Int32Array.from({ length: ROWS }, (_, i) => i)],
    after = 0,
  } = {},
) {
  const tensors = tf.memory().numTensors;
  const { rule } = resolveOptimizer(optimizer);
  const device = uploadDataset(data);
  const losses = [lossFunction(lossNamed(loss))];
  const step = trainingStep({ model, dataset: device, losses, rule, rescaleVelocity: true, calls: 20 });
  step.reset(3);
  for (let i = 0; i < after; i++) step.train(batches[0] as Int32Array, 0.01).dispose();
  const state = await step.save();
  const sum = checksum(weightVariables(model));
  const result = await criticalUpdate({ model, step, random: () => seededRandom(3, 'dropout'), batches, guess });
  expect(checksum(weightVariables(model))).toBe(sum);
  expect(await step.save()).toEqual(state);
  step.dispose();
  device.dispose();
  // What compiled passes keep is freed with them.
  expect(tf.memory().numTensors).toBe(tensors);
  return result;
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

describe('a quadratic: the mean squared error of a linear unit', () => {
  const residuals = features.map((row, i) => dot(row, initial) - (numbers[i] as number));
  const gradient = [0, 1, 2].map(
    (k) =>
      (2 / ROWS) *
      dot(
        residuals,
        features.map((row) => row[k] as number),
      ),
  );
  /** dᵀHd with the Hessian 2/n · XᵀX. */
  const curvature = (d: readonly number[]) => (2 / ROWS) * features.reduce((sum, row) => sum + dot(row, d) ** 2, 0);
  /** Along −d the loss is L − η g·d + η²/2 dᵀHd, which is L again at 2 g·d / dᵀHd. */
  const critical = (d: readonly number[]) => (2 * dot(gradient, d)) / curvature(d);

  test('of gradient descent it is 2 g·g / g·Hg', async () => {
    const { rate, passes, isLinear } = await found(unit(), dataset(numbers), 'sgd');
    expect((rate as number) / critical(gradient)).toBeCloseTo(1, 3);
    expect(passes).toBeLessThan(10);
    expect(isLinear).toBe(true);
  });

  test('of the first step of adam it is that along the signs of the gradient, and of lion too', async () => {
    const signs = gradient.map(Math.sign);
    for (const name of ['adam', 'lion'])
      expect(((await found(unit(), dataset(numbers), name)).rate as number) / critical(signs)).toBeCloseTo(1, 3);
  });

  test('with a multiplier of the gradient, as nesterov makes in its first step, it is as much lower', async () => {
    const nesterov = { name: 'sgd', momentum: 0.9, nesterov: true };
    const { rate } = await found(unit(), dataset(numbers), nesterov);
    expect((rate as number) / (critical(gradient) / 1.9)).toBeCloseTo(1, 3);
  });

  test('of accumulated batches it is that of their mean', async () => {
    const halves = [0, 1].map((half) => Int32Array.from({ length: ROWS / 2 }, (_, i) => 2 * i + half));
    const { rate } = await found(
      unit(),
      dataset(numbers),
      { name: 'sgd', gradientAccumulationSteps: 2 },
      { batches: halves },
    );
    expect((rate as number) / critical(gradient)).toBeCloseTo(1, 3);
  });

  test.each([1e-6, 1, 1e6])('targets and guess in units of %f leave it as it is', async (unitOfTarget) => {
    const model = unit();
    tf.tidy(() =>
      model.setWeights([
        tf.tensor2d(
          initial.map((weight) => weight * unitOfTarget),
          [3, 1],
        ),
      ]),
    );
    const { rate } = await found(model, dataset(numbers.map((value) => value * unitOfTarget)), 'sgd');
    expect((rate as number) / critical(gradient)).toBeCloseTo(1, 2);
  });
});

test('logistic regression: the rate at which the cross entropy, computed apart in float64, is back at its start', async () => {
  const crossEntropy = (weights: readonly number[]) =>
    features.reduce((sum, row, i) => {
      const z = dot(row, weights);
      return sum + Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * (labels[i] as number);
    }, 0) / ROWS;
  const errors = features.map((row, i) => 1 / (1 + Math.exp(-dot(row, initial))) - (labels[i] as number));
  const gradient = [0, 1, 2].map(
    (k) =>
      dot(
        errors,
        features.map((row) => row[k] as number),
      ) / ROWS,
  );
  const change = (eta: number) =>
    crossEntropy(initial.map((weight, k) => weight - eta * (gradient[k] as number))) - crossEntropy(initial);
  let [low, high] = [1e-3, 1e3];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (change(middle) < 0) low = middle;
    else high = middle;
  }
  const { rate } = await found(unit('sigmoid'), dataset(labels), 'sgd', { loss: 'binaryCrossentropy', guess: 1 });
  expect((rate as number) / low).toBeGreaterThan(1 / 1.05);
  expect((rate as number) / low).toBeLessThan(1.05);
});

describe('any optimizer', () => {
  // Momo cuts its step short; the averages of Schedule-Free depend on the rate from the second update on.
  const cutShort = ['momo', 'momo-adam'];
  const laterNot = ['schedule-free-sgd', 'schedule-free-adamw'];
  const searched = optimizers.filter(({ rateFree }) => !rateFree).map(({ name }) => name);
  const guessOf = (name: string) => (name === 'adadelta' ? 100 : 0.1);

  test.each(searched)('%s: whether the first update grows in proportion to the rate', async (name) => {
    const { rate, isLinear } = await found(unit(), dataset(numbers), name, { guess: guessOf(name) });
    expect(isLinear).toBe(!cutShort.includes(name));
    expect(rate).toBeGreaterThan(0);
  });

  test.each(searched.filter((name) => !cutShort.includes(name)))('%s: and a later one', async (name) => {
    const { rate, isLinear } = await found(unit(), dataset(numbers), name, { after: 5, guess: guessOf(name) });
    expect(isLinear).toBe(!laterNot.includes(name));
    expect(rate).toBeGreaterThan(0);
  });

  test('an update that a constraint cuts short is recognised as one that does not', async () => {
    const model = unit('linear', { kernelConstraint: constraints.maxNorm({ maxValue: 0.4 }) });
    expect((await found(model, dataset(numbers), 'sgd', { guess: 0.02 })).isLinear).toBe(false);
  });
});

describe('dropout, batch normalisation and regularisers', () => {
  const noisy = () =>
    sequential({
      layers: [
        layers.dense({ units: 12, inputShape: [3], activation: 'tanh' }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 1, kernelRegularizer: 'l1l2' }),
      ],
    });

  test('a loss without a step is that of the step, with the noise of its number', () => {
    const device = uploadDataset(dataset(numbers));
    const { rule } = resolveOptimizer('sgd');
    const losses = [lossFunction(lossNamed('meanSquaredError'))];
    const step = trainingStep({ model: noisy(), dataset: device, losses, rule, rescaleVelocity: true, calls: 20 });
    const read = (tensor: tf.Tensor) => {
      const [value] = tensor.dataSync();
      tensor.dispose();
      return value as number;
    };
    step.reset(3);
    const rows = Int32Array.from({ length: ROWS }, (_, i) => i);
    for (let number = 1; number < 6; number++) {
      const without = read(step.trainingLoss(rows, number));
      expect(Math.abs(read(step.trainingLoss(rows, number + 1)) - without)).toBeGreaterThan(1e-4);
      expect(read(step.train(rows, 0.01))).toBeCloseTo(without, 5);
    }
    step.dispose();
    device.dispose();
  });

  test('have a critical rate, and statistics are put back', async () => {
    expect((await found(noisy(), dataset(numbers), 'sgd', { after: 2 })).rate).toBeGreaterThan(0);
  });
});

test('where no row gives a gradient there is no rate', async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3], kernelInitializer: 'zeros' })] });
  expect((await found(model, dataset(numbers.map(() => 0)), 'sgd')).rate).toBeNull();
});

test('weights that are not finite after the update give no rate, and leave the model as it was', async () => {
  expect((await found(unit(), dataset(numbers), 'sgd', { guess: 3e38 })).rate).toBeNull();
});
