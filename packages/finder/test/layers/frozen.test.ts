import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as makeModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { findLearningRate } from '../../src/find.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { datasetOf, expectNear, golden, trainedHere } from './golden.js';
import { leafWeights, MODELS, setLeafWeights } from './models.js';

await useBackend(backend);

describe('a frozen layer trains as in Keras, where batch normalisation keeps its statistics', () => {
  test.each(golden.frozen.map((given) => [given.name, given] as const))('%s', (_, given) => {
    const { start, steps, evaluated, trained, notes, left } = trainedHere(given);
    expect(notes).toEqual([]);
    expect(left).toBe(0);
    expectNear(start, given.start);
    expectNear(steps.flat(), given.steps.flat());
    expectNear(evaluated, given.evaluated);
    for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
  });
});

const data = () => ({
  xs: tf.randomNormal([40, 3], 5, 2, 'float32', 1),
  ys: tf.randomNormal([40, 1], 0, 1, 'float32', 2),
});

/** A frozen base with batch normalisation, and a layer that is trained. */
function fineTuned(): LayersModel {
  const base = sequential({ layers: [layers.inputLayer({ inputShape: [3] }), layers.batchNormalization()] });
  base.trainable = false;
  return sequential({ layers: [layers.inputLayer({ inputShape: [3] }), base, layers.dense({ units: 1 })] });
}

test('train keeps the statistics of a frozen base, and moves them once it is not frozen', async () => {
  const { xs, ys } = data();
  const model = fineTuned();
  const base = model.layers.find((layer) => 'layers' in layer) as layers.Layer;
  const statistics = () => base.getWeights().map((weight) => [...weight.dataSync()]);
  const before = statistics();
  await train(model, { xs, ys }, { learningRate: 0.01, epochs: 2 });
  expect(statistics()).toEqual(before);
  base.trainable = true;
  await train(model, { xs, ys }, { learningRate: 0.01, epochs: 2 });
  expect(statistics()).not.toEqual(before);
  tf.dispose([xs, ys]);
});

test.each(golden.frozen.filter(({ name }) => name.includes('scale')).map((given) => [given.name, given] as const))(
  'train and a sweep take a %s as the step does',
  async (_, given) => {
    const model = (MODELS[given.name] as (typeof MODELS)[string])();
    setLeafWeights(model, given.initial);
    const tensors = tf.memory().numTensors;
    const { rate: learningRate, optimizer, steps, trained } = given;
    const common = { optimizer, batchSize: 4, loss: given.loss } as const;
    const { sweeps } = await findLearningRate(model, datasetOf(given), {
      ...{ ...common, startLr: learningRate, endLr: learningRate * 1.001, steps: 5, repeats: 1 },
    });
    expectNear([sweeps[0]?.points[0]?.loss as number], steps[0] as number[]);
    const result = await train(model, datasetOf(given), {
      ...common,
      learningRate,
      epochs: 4,
      shuffle: 'off',
      validationSplit: 0,
    });
    expectNear(result.losses as number[], steps.flat());
    for (const [i, weight] of leafWeights(model).entries()) expectNear([...weight.dataSync()], trained[i] as number[]);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  },
);

test('a layer that is called with a phase of its own is named in a note, also deep in the model', async () => {
  const rows = data();
  const called = (layer: layers.Layer, training: boolean | undefined) => {
    const x = input({ shape: [3] });
    const normal = layer.apply(x, training === undefined ? {} : { training }) as SymbolicTensor;
    return makeModel({ inputs: x, outputs: layers.dense({ units: 1 }).apply(normal) as SymbolicTensor });
  };
  const notesOf = async (model: LayersModel) => {
    const { setup } = await train(model, rows, { learningRate: 0.01, epochs: 1 });
    return setup.notes.filter((note) => note.includes('training:'));
  };
  const off =
    'layer "bn" (BatchNormalization) is called with training: false, which has no effect, as in Keras 3 and TensorFlow.js; set its trainable to false to keep the statistics of batch normalisation';
  expect(await notesOf(called(layers.batchNormalization({ name: 'bn' }), false))).toEqual([off]);
  expect(await notesOf(called(called(layers.batchNormalization({ name: 'bn' }), false), undefined))).toEqual([off]);
  expect(await notesOf(called(layers.dropout({ rate: 0.5, name: 'drop' }), true))).toEqual([
    'layer "drop" (Dropout) is called with training: true, which has no effect, as in Keras 3 and TensorFlow.js',
  ]);
  expect(await notesOf(called(layers.batchNormalization(), undefined))).toEqual([]);
  tf.dispose([rows.xs, rows.ys]);
});

/** The losses that sweeps and comparisons measure. */
async function measured(model: LayersModel, rows: ReturnType<typeof data>) {
  const { sweeps } = await findLearningRate(model, rows, { steps: 12, repeats: 1, batchSize: 8 });
  const { trials } = await compare(model, rows, { trials: [{ learningRate: 0.01 }], epochs: 2, repeats: 1 });
  return [
    sweeps.flatMap(({ points }) => points.map(({ loss }) => loss)),
    trials[0]?.trainings[0]?.evaluations.map(({ training, validation }) => [training, validation]),
  ];
}

test('a sweep and a comparison see the same losses with a frozen normalisation as with its formula in a plain layer', async () => {
  const rows = data();
  const ours = fineTuned();
  // With statistics 0 and 1 and weights 1 and 0 the layer divides by √(1 + ε).
  const fixed = sequential({
    layers: [
      layers.inputLayer({ inputShape: [3] }),
      layers.dense({ units: 3, kernelInitializer: 'identity', useBias: false, trainable: false }),
      layers.dense({ units: 1 }),
    ],
  });
  const scale = 1 / Math.sqrt(1.001);
  fixed.layers[1]?.setWeights([tf.mul(tf.eye(3), scale)]);
  const head = (model: LayersModel) => model.layers.at(-1) as layers.Layer;
  head(fixed).setWeights(head(ours).getWeights());
  const [[loss, trial], [wanted, other]] = [await measured(ours, rows), await measured(fixed, rows)];
  expectNear(loss as number[], wanted as number[], 1e-4);
  const numbers = (nested: unknown) =>
    JSON.stringify(nested)
      .match(/-?\d[\d.e-]*/g)
      ?.map(Number) as number[];
  expectNear(numbers(trial), numbers(other), 1e-4);
  tf.dispose([rows.xs, rows.ys]);
});

test('dropout in a frozen layer still drops, as in Keras', () => {
  const base = sequential({
    layers: [layers.inputLayer({ inputShape: [50] }), layers.dropout({ rate: 0.5 }), layers.batchNormalization()],
  });
  base.trainable = false;
  const model = sequential({
    layers: [layers.inputLayer({ inputShape: [50] }), base, layers.dense({ units: 1, kernelInitializer: 'ones' })],
  });
  const values = new Float32Array(4 * 50).fill(1);
  const dataset = uploadDataset({
    rows: 4,
    inputs: [{ shape: [50], values }],
    targets: [{ shape: [1], values: new Float32Array(4) }],
    notes: [],
  });
  const step = trainingStep({
    model,
    dataset,
    losses: [lossFunction(lossNamed('mae'))],
    rule: resolveOptimizer('sgd').rule,
    rescaleVelocity: false,
    calls: 4,
  });
  const losses = Array.from({ length: 3 }, () => step.train(Int32Array.of(0, 1, 2, 3), 0).dataSync()[0] as number);
  // Each row's output is the number of units that are kept, doubled: different from step to step, and from 50.
  expect(new Set(losses).size).toBe(3);
  expect(step.notes).toEqual([]);
  step.dispose();
  dataset.dispose();
  model.dispose();
});
