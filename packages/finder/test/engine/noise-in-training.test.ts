import { useBackend } from '@lrfind/backends';
import { seededRandom, withMathRandom } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { drawNoise, noiseSeed } from '../../src/engine/noise.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { findLearningRate } from '../../src/find.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

const rows = 32;
const values = Float32Array.from({ length: rows * 6 }, (_, i) => Math.sin(1.3 * i));
const targets = Float32Array.from({ length: rows }, (_, i) => Math.cos(i));
const data = {
  rows,
  inputs: [{ shape: [3, 2], values }],
  targets: [{ shape: [1], values: targets }],
  notes: [],
};

/** The models that are tried; all layers have smooth activations. */
const MODELS: Record<string, () => layers.Layer[]> = {
  dropout: () => [layers.flatten(), layers.dense({ units: 8, activation: 'tanh' }), layers.dropout({ rate: 0.4 })],
  'dropout with a seed': () => [layers.flatten(), layers.dropout({ rate: 0.4, seed: 7 })],
  'every noise layer': () => [
    layers.spatialDropout1d({ rate: 0.3 }),
    layers.flatten(),
    layers.gaussianNoise({ stddev: 0.2 }),
    layers.dense({ units: 8, activation: 'tanh' }),
    layers.alphaDropout({ rate: 0.2 }),
    layers.gaussianDropout({ rate: 0.2 }),
  ],
  lstm: () => [layers.lstm({ units: 5, dropout: 0.3, recurrentDropout: 0.3 })],
  'cells in a recurrent layer': () => [
    layers.rnn({
      cell: [layers.gruCell({ units: 4, dropout: 0.3 }), layers.lstmCell({ units: 3, recurrentDropout: 0.3 })],
    }),
  ],
  'a model in a model': () => [
    sequential({ layers: [layers.flatten({ inputShape: [3, 2] }), layers.dropout({ rate: 0.4 })] }),
  ],
};

function modelOf(inner: () => layers.Layer[]): LayersModel {
  return withMathRandom(seededRandom(1, 'weights'), () => {
    const model = sequential();
    model.add(layers.inputLayer({ inputShape: [3, 2] }));
    for (const layer of [...inner(), layers.dense({ units: 1 })]) model.add(layer);
    return model;
  });
}

function stepOf(model: LayersModel) {
  const { rule } = resolveOptimizer('sgd');
  const dataset = uploadDataset(data);
  const step = trainingStep({
    model,
    dataset,
    losses: [lossFunction(lossNamed('mse'))],
    rule,
    rescaleVelocity: true,
    calls: 10,
  });
  return {
    ...step,
    dispose() {
      step.dispose();
      dataset.dispose();
    },
  };
}

/** The losses of some steps on all rows. At the rate 0 nothing but the noise tells them apart. */
function losses(model: LayersModel, seed: number, rate: number): number[] {
  const step = stepOf(model);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  step.reset(seed);
  const found = Array.from({ length: 4 }, () => {
    const loss = step.train(all, rate);
    const value = loss.dataSync()[0] as number;
    loss.dispose();
    return value;
  });
  step.dispose();
  return found;
}

describe.each(Object.entries(MODELS))('%s', (_, inner) => {
  test('each step draws anew, each seed otherwise, and equal seeds alike, whatever Math.random gives', () => {
    const model = modelOf(inner);
    const first = losses(model, 5, 0);
    expect(new Set(first).size).toBe(4);
    expect(withMathRandom(seededRandom(2), () => losses(model, 5, 0))).toEqual(first);
    for (const loss of losses(model, 6, 0)) expect(first).not.toContain(loss);
    model.dispose();
  });

  test('equal seeds train alike', () => {
    const [one, two] = [modelOf(inner), modelOf(inner)];
    expect(losses(one, 2 ** 40 + 3, 0.1)).toEqual(losses(two, 2 ** 40 + 3, 0.1));
    one.dispose();
    two.dispose();
  });

  test('steps leave nothing behind, and their gradient is that of the loss with the same noise', () => {
    const model = modelOf(inner);
    const before = tf.memory().numTensors;
    losses(model, 1, 0);
    const seed = tf.tensor1d([1, 1], 'int32');
    const [x, y] = [tf.tensor(values, [rows, 3, 2]), tf.tensor(targets, [rows, 1])];
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const loss = () => tf.losses.meanSquaredError(y, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
    const { value, grads } = drawNoise(layersWithin(model), seed, () => tf.variableGrads(loss, weights));
    for (const weight of weights) {
      const gradient = grads[weight.name] as tf.Tensor;
      const length = Math.hypot(...gradient.dataSync());
      const at = (distance: number) =>
        tf.tidy(() => {
          const start = weight.clone();
          weight.assign(tf.add(weight, tf.mul(gradient, distance / length)));
          const moved = drawNoise(layersWithin(model), seed, loss).dataSync()[0] as number;
          weight.assign(start);
          return moved;
        });
      const h = 0.04;
      // Central differences of fourth order, so that a long step, which float32 needs, does not spoil them.
      const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      expect(Math.abs(slope / length - 1), weight.name).toBeLessThan(3e-3);
    }
    tf.dispose([seed, x, y, value, grads]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

test('a sweep over recurrent dropout, with validation rows, leaves masks and tensors as they were', async () => {
  const cell = layers.gruCell({ units: 3, dropout: 0.4 });
  const model = modelOf(() => [layers.rnn({ cell, returnSequences: true }), layers.lstm({ units: 2, dropout: 0.2 })]);
  const before = tf.memory().numTensors;
  const options = { loss: 'mse', steps: 12, repeats: 1, batchSize: 8, validationSplit: 0.25 };
  const result = await findLearningRate(model, data, options);
  expect(result.sweeps[0]?.points.some(({ validation }) => validation !== undefined)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
  expect(cell.dropoutMask).toBeNull();
  const again = await findLearningRate(model, data, options);
  expect(again.sweeps).toEqual(result.sweeps);
  model.dispose();
});

test('a throw in the middle of a step leaves the layers as they were', () => {
  const dropout = layers.dropout({ rate: 0.4 });
  const model = modelOf(() => [layers.flatten(), dropout]);
  const { rule } = resolveOptimizer('sgd');
  const failing = () => {
    throw new Error('loss');
  };
  const before = tf.memory().numTensors;
  const dataset = uploadDataset(data);
  const step = trainingStep({ model, dataset, losses: [failing], rule, rescaleVelocity: true, calls: 10 });
  expect(() => step.train(Int32Array.of(0, 1), 0.1)).toThrow('loss');
  step.dispose();
  dataset.dispose();
  expect(Object.hasOwn(dropout, 'call')).toBe(false);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('seeds that differ in bits above the 32nd draw different noise; smaller ones stay what they are', async () => {
  const drawnWith = async (seed: number) => {
    const model = modelOf(MODELS.dropout as () => layers.Layer[]);
    const options = { loss: 'mse', optimizer: 'sgd', learningRate: 0.01, epochs: 1, batchSize: rows } as const;
    const { losses } = await train(model, data, { ...options, seed, shuffle: 'off', validationSplit: 0 });
    model.dispose();
    return losses[0] as number;
  };
  const seeds = [0, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 40, 2 ** 53 - 2 ** 32, Number.MAX_SAFE_INTEGER];
  const losses = await Promise.all([...seeds, 1].map(drawnWith));
  expect(new Set(losses).size).toBe(seeds.length + 1);
  for (const seed of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) expect(noiseSeed(seed, 7)).toEqual([seed | 0, 7]);
});
