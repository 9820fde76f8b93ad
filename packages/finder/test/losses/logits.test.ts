import { useBackend } from '@lrfind/backends';
import type { Dataset } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model as makeModel, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { logitsOutputs } from '../../src/losses/logits.js';
import { lossNamed } from '../../src/losses/registry.js';
import { resolveLosses } from '../../src/losses/resolve.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend } from '../backend.js';

await useBackend(backend);

const models: LayersModel[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

/** One feature, and logits of ± its weight: [w · x, −w · x], or w · x alone. */
function modelWith(activation: 'softmax' | 'sigmoid', weight: number): LayersModel {
  const units = activation === 'softmax' ? 2 : 1;
  const model = sequential({ layers: [layers.dense({ units, activation, useBias: false, inputShape: [1] })] });
  model.setWeights([tf.tensor2d(units === 2 ? [[weight, -weight]] : [[weight]])]);
  models.push(model);
  return model;
}

const column = (values: number[], width = 1) => ({ shape: [width], values: Float32Array.from(values) });
const rowsOf = (xs: number[], ys: number[], width = 1): Dataset => ({
  rows: xs.length,
  inputs: [column(xs)],
  targets: [column(ys, width)],
  notes: [],
});

/** The loss of all rows, and how far one step of rate 1 moves the first weight. */
async function trained(model: LayersModel, data: Dataset, loss: string) {
  const uploaded = uploadDataset(data);
  const { functions, logits } = resolveLosses(loss, model, data);
  const { rule } = resolveOptimizer('sgd');
  const step = trainingStep({
    model,
    dataset: uploaded,
    losses: functions,
    logits,
    rule,
    rescaleVelocity: false,
    calls: 1,
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

describe('an output of probabilities', () => {
  // Two logits of z and −z, or one of 2z with a sigmoid, give the right class with log(1 + exp(2z)) against them.
  test.each([
    ['softmax', 'sparseCategoricalCrossentropy', [1], 1],
    ['softmax', 'categoricalCrossentropy', [0, 1], 2],
    ['sigmoid', 'binaryCrossentropy', [0], 1],
  ] as const)('with %s and %s learns from a row of which it is sure and wrong', async (activation, loss, ys, width) => {
    const z = activation === 'softmax' ? 40 : 80;
    const {
      evaluated,
      loss: first,
      moved,
    } = await trained(modelWith(activation, z), rowsOf([1], [...ys], width), loss);
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
      const model = modelWith(activation, 0.7);
      const data = rowsOf([1, -2, 0.5], [...ys], width);
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
  const model = modelWith('softmax', 1);
  const layer = model.layers[0] as unknown as { activation: object };
  const { activation } = layer;
  const tensors = tf.memory().numTensors;
  await trained(model, rowsOf([1], [1]), 'sparseCategoricalCrossentropy');
  expect(layer.activation).toBe(activation);
  expect(tf.memory().numTensors).toBe(tensors);
  const data = rowsOf([1], [1]);
  const uploaded = uploadDataset(data);
  const [output] = resolveLosses('sparseCategoricalCrossentropy', model, data).logits;
  const failing = () => {
    throw new Error('loss');
  };
  const step = trainingStep({
    model,
    dataset: uploaded,
    losses: [failing],
    logits: output && [{ ...output, loss: failing }],
    rule: resolveOptimizer('sgd').rule,
    rescaleVelocity: false,
    calls: 1,
  });
  expect(() => step.train(Int32Array.of(0), 1)).toThrow('loss');
  step.dispose();
  uploaded.dispose();
  expect(layer.activation).toBe(activation);
  expect(tf.memory().numTensors).toBe(tensors);
});

describe('the loss stays on probabilities', () => {
  const outputsOf = (model: LayersModel, loss: string | null, data = rowsOf([1], [1])) =>
    logitsOutputs([loss === null ? null : lossNamed(loss)], model, data);

  test('where another loss or a function of the caller’s is taken', () => {
    const model = modelWith('softmax', 1);
    expect(outputsOf(model, 'meanSquaredError')).toEqual([undefined]);
    expect(outputsOf(model, null)).toEqual([undefined]);
    expect(outputsOf(modelWith('sigmoid', 1), 'categoricalCrossentropy')).toEqual([undefined]);
  });

  test('where targets do not add up to 1, which the slope on logits would take for granted', () => {
    const model = modelWith('softmax', 1);
    expect(outputsOf(model, 'categoricalCrossentropy', rowsOf([1], [0.5, 0], 2))).toEqual([undefined]);
    expect(outputsOf(model, 'categoricalCrossentropy', rowsOf([1], [0.5, 0.5], 2))[0]).toBeDefined();
  });

  test('where the layer is used twice, or its output goes on into another', () => {
    const [a, b] = [input({ shape: [1] }), input({ shape: [1] })];
    const shared = layers.dense({ units: 2, activation: 'softmax' });
    const twice = [shared.apply(a), shared.apply(b)] as (typeof a)[];
    const model = makeModel({ inputs: [a, b], outputs: twice });
    models.push(model);
    const two = { ...rowsOf([1], [1]), targets: [column([1]), column([1])] };
    const loss = lossNamed('sparseCategoricalCrossentropy');
    expect(logitsOutputs([loss, loss], model, two)).toEqual([undefined, undefined]);
    const reshaped = sequential({
      layers: [
        layers.dense({ units: 2, activation: 'softmax', inputShape: [1] }),
        layers.reshape({ targetShape: [2] }),
      ],
    });
    models.push(reshaped);
    expect(outputsOf(reshaped, 'sparseCategoricalCrossentropy')).toEqual([undefined]);
  });
});
