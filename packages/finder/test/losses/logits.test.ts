import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model as makeModel, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Dataset } from '@lrfind/data';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { logitsOutputs } from '../../src/losses/logits.js';
import { lossesFor } from '../../src/losses/losses-for.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { backend } from '../backend.js';

await useBackend(backend);

const models: LayersModel[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

/** One feature, and logits of ± its weight: [w · x, −w · x], or w · x alone. */
function headed(activation: 'softmax' | 'sigmoid', weight: number): LayersModel {
  const units = activation === 'softmax' ? 2 : 1;
  const model = sequential({ layers: [layers.dense({ units, activation, useBias: false, inputShape: [1] })] });
  model.setWeights([tf.tensor2d(units === 2 ? [[weight, -weight]] : [[weight]])]);
  models.push(model);
  return model;
}

const block = (values: number[], width = 1) => ({ shape: [width], values: Float32Array.from(values) });
const table = (xs: number[], ys: number[], width = 1): Dataset => ({
  rows: xs.length,
  inputs: [block(xs)],
  targets: [block(ys, width)],
  notes: [],
});

/** The loss of all rows, and how far one step of rate 1 moves the first weight. */
async function trained(model: LayersModel, data: Dataset, loss: string) {
  const uploaded = uploadDataset(data);
  const { functions, heads } = lossesFor(loss, model, data);
  const { rule } = resolveOptimizer('sgd');
  const step = trainingStep({
    model,
    table: uploaded,
    losses: functions,
    heads,
    rule,
    correctMomentum: false,
    steps: 1,
  });
  const rows = Int32Array.from({ length: data.rows }, (_, i) => i);
  const weight = () => (model.getWeights()[0] as tf.Tensor).dataSync()[0] as number;
  const before = weight();
  const [evaluated, first] = [step.evaluate(rows), step.train(rows, 1)];
  const found = { evaluated: (await evaluated.data())[0], loss: (await first.data())[0], moved: weight() - before };
  tf.dispose([evaluated, first]);
  step.dispose();
  uploaded.dispose();
  return found;
}

describe('a head of probabilities', () => {
  // Two logits of z and −z, or one of 2z with a sigmoid, give the right class with log(1 + exp(2z)) against them.
  test.each([
    ['softmax', 'sparseCategoricalCrossentropy', [1], 1],
    ['softmax', 'categoricalCrossentropy', [0, 1], 2],
    ['sigmoid', 'binaryCrossentropy', [0], 1],
  ] as const)('with %s and %s learns from a row of which it is sure and wrong', async (activation, loss, ys, width) => {
    const z = activation === 'softmax' ? 40 : 80;
    const { evaluated, loss: first, moved } = await trained(headed(activation, z), table([1], [...ys], width), loss);
    // log(1 + exp(80)); clipped probabilities would give 16.1 at most, and no slope.
    expect(evaluated).toBeCloseTo(80, 3);
    expect(first).toBeCloseTo(80, 3);
    // The slope on the logit of the wrong class is 1.
    expect(moved).toBeCloseTo(-1, 5);
  });

  test.each([
    ['softmax', 'sparseCategoricalCrossentropy', [1, 0, 1], 1],
    ['softmax', 'categoricalCrossentropy', [0, 1, 0.25, 0.75, 1, 0], 2],
    ['sigmoid', 'binaryCrossentropy', [0, 1, 1], 1],
  ] as const)(
    'with %s and %s has the loss of TensorFlow.js where no probability is near 0',
    async (activation, loss, ys, width) => {
      const model = headed(activation, 0.7);
      const data = table([1, -2, 0.5], [...ys], width);
      const target = tf.tensor2d(data.targets[0]?.values as Float32Array, [3, width]);
      model.compile({ optimizer: 'sgd', loss });
      const expected = model.evaluate(tf.tensor2d([[1], [-2], [0.5]]), target) as tf.Scalar;
      const { evaluated } = await trained(model, data, loss);
      expect(evaluated).toBeCloseTo(expected.dataSync()[0] as number, 6);
      tf.dispose([expected, target]);
    },
  );
});

test('the activation is back in its place, and no tensor is left, also after a throw', async () => {
  const model = headed('softmax', 1);
  const layer = model.layers[0] as unknown as { activation: object };
  const { activation } = layer;
  const tensors = tf.memory().numTensors;
  await trained(model, table([1], [1]), 'sparseCategoricalCrossentropy');
  expect(layer.activation).toBe(activation);
  expect(tf.memory().numTensors).toBe(tensors);
  const data = table([1], [1]);
  const uploaded = uploadDataset(data);
  const [head] = lossesFor('sparseCategoricalCrossentropy', model, data).heads;
  const failing = () => {
    throw new Error('loss');
  };
  const step = trainingStep({
    model,
    table: uploaded,
    losses: [failing],
    heads: head && [{ ...head, loss: failing }],
    rule: resolveOptimizer('sgd').rule,
    correctMomentum: false,
    steps: 1,
  });
  expect(() => step.train(Int32Array.of(0), 1)).toThrow('loss');
  step.dispose();
  uploaded.dispose();
  expect(layer.activation).toBe(activation);
  expect(tf.memory().numTensors).toBe(tensors);
});

describe('the loss stays on probabilities', () => {
  const heads = (model: LayersModel, loss: string | null, data = table([1], [1])) => logitsOutputs([loss], model, data);

  test('where another loss or a function of the caller’s is taken', () => {
    const model = headed('softmax', 1);
    expect(heads(model, 'meanSquaredError')).toEqual([undefined]);
    expect(heads(model, null)).toEqual([undefined]);
    expect(heads(headed('sigmoid', 1), 'categoricalCrossentropy')).toEqual([undefined]);
  });

  test('where targets do not add up to 1, which the slope on logits would take for granted', () => {
    const model = headed('softmax', 1);
    expect(heads(model, 'categoricalCrossentropy', table([1], [0.5, 0], 2))).toEqual([undefined]);
    expect(heads(model, 'categoricalCrossentropy', table([1], [0.5, 0.5], 2))[0]).toBeDefined();
  });

  test('where the layer is used twice, or its output goes on into another', () => {
    const [a, b] = [input({ shape: [1] }), input({ shape: [1] })];
    const shared = layers.dense({ units: 2, activation: 'softmax' });
    const twice = [shared.apply(a), shared.apply(b)] as (typeof a)[];
    const model = makeModel({ inputs: [a, b], outputs: twice });
    models.push(model);
    const two = { ...table([1], [1]), targets: [block([1]), block([1])] };
    expect(logitsOutputs(['sparseCategoricalCrossentropy', 'sparseCategoricalCrossentropy'], model, two)).toEqual([
      undefined,
      undefined,
    ]);
    const reshaped = sequential({
      layers: [
        layers.dense({ units: 2, activation: 'softmax', inputShape: [1] }),
        layers.reshape({ targetShape: [2] }),
      ],
    });
    models.push(reshaped);
    expect(heads(reshaped, 'sparseCategoricalCrossentropy')).toEqual([undefined]);
  });
});
