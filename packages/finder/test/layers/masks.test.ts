import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
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
import { meanMeasures } from '../../src/engine/mean-measures.js';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { expectNear, golden, trainedHere } from './golden.js';

await useBackend(backend);

describe('masks reach losses, metrics and layers, as in Keras', () => {
  test.each(golden.masks.map((given) => [given.name, given] as const))('%s', (name, given) => {
    const { start, steps, evaluated, trained, notes, left } = trainedHere(given);
    expect(notes).toEqual([]);
    expect(left).toBe(0);
    const [metrics, loss] = [given.metrics.length * given.targets.length, Number(name === 'masking, regularised')];
    // Here the loss of an evaluation has no regularisation in it.
    for (const [actual, expected] of [
      [start, given.start],
      [evaluated, given.evaluated],
    ] as const)
      expectNear(actual.slice(loss, 1 + metrics), expected.slice(loss));
    for (const [i, step] of steps.entries()) expectNear(step.slice(0, 1 + metrics), given.steps[i] as number[]);
    for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
  });
});

const masked = (...after: layers.Layer[]): LayersModel =>
  sequential({ layers: [layers.inputLayer({ inputShape: [3, 2] }), layers.masking(), ...after] });
const zeroDense = () => layers.dense({ units: 1, kernelInitializer: 'zeros' });
/** Row n counts n mod 3 + 1 steps; the targets of the others are far off. */
const padded = (rows: number) => {
  const counts = (row: number, step: number) => step <= row % 3;
  const indices = Array.from({ length: rows * 3 }, (_, i) => [Math.floor(i / 3), i % 3] as const);
  return {
    xs: tf.tensor(
      indices.flatMap(([row, step]) => (counts(row, step) ? [1, 2] : [0, 0])),
      [rows, 3, 2],
    ),
    ys: tf.tensor(
      indices.map(([row, step]) => (counts(row, step) ? row % 5 : 1e6)),
      [rows, 3, 1],
    ),
  };
};

test('a sweep, an epoch and an evaluation leave masked steps out of losses and metrics', async () => {
  const data = padded(600);
  const { sweeps } = await findLearningRate(masked(zeroDense()), data, { steps: 5, repeats: 1, endLr: 1e-5 });
  for (const { loss } of sweeps[0]?.points ?? []) expect(loss).toBeLessThan(16);
  const model = masked(zeroDense());
  const { training } = await train(model, data, { learningRate: 1e-30, epochs: 1, validation: data, metrics: ['mae'] });
  // The predictions are 0: by hand, over the steps that count.
  const [errors, weights] = [[] as number[], [] as number[]];
  for (let row = 0; row < 600; row++) {
    errors.push(row % 5);
    weights.push((row % 3) + 1);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mae = errors.reduce((sum, error, i) => sum + error * (weights[i] as number), 0) / total;
  const [evaluation] = training.evaluations;
  expect(evaluation?.training.metrics.meanAbsoluteError).toBeCloseTo(mae, 5);
  expect(evaluation?.validation?.metrics.meanAbsoluteError).toBeCloseTo(mae, 5);
  tf.dispose([data.xs, data.ys]);
});

test('a metric weighs by what it counts, a loss by rows', () => {
  const means = meanMeasures([{ name: 'mae' }]);
  means.add(Float32Array.of(1, 2, 10), 3);
  means.add(Float32Array.of(4, 5, 20), 1);
  expect(means.take()).toEqual({ loss: (1 * 3 + 4) / 4, metrics: { mae: (2 * 10 + 5 * 20) / 30 } });
  means.add(Float32Array.of(1, 0, 0), 3);
  expect(means.take()).toEqual({ loss: 1, metrics: { mae: 0 } });
});

test('a loss that gives one number for a batch cannot be masked, and that is said', async () => {
  const data = padded(8);
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => tf.mean(tf.abs(tf.sub(prediction, target)));
  const model = masked(zeroDense());
  const tensors = tf.memory().numTensors;
  const training = train(model, data, { learningRate: 0.01, loss });
  await expect(training).rejects.toThrow(InputError);
  await expect(train(model, data, { learningRate: 0.01, loss })).rejects.toThrow(
    /^the loss of "dense_\w+" must give a number for each entry of the output's mask, shape \[\d,3\]; got shape \[\]$/,
  );
  expect(tf.memory().numTensors).toBe(tensors);
  tf.dispose([data.xs, data.ys]);
});

describe('a mask that a layer cannot use is refused by the name of the layer, as in Keras', () => {
  const inTime = (layer: layers.Layer) => layers.timeDistributed({ layer });
  const parts = () => inTime(layers.reshape({ targetShape: [2, 1] }));
  const merged = (merge: layers.Layer, ...branches: ((x: SymbolicTensor) => SymbolicTensor)[]) => {
    const x = input({ shape: [3, 2] });
    const outputs = merge.apply(branches.map((branch) => branch(x))) as SymbolicTensor;
    return makeModel({ inputs: x, outputs: zeroDense().apply(layers.flatten().apply(outputs)) as SymbolicTensor });
  };
  const applied = (x: SymbolicTensor, ...each: layers.Layer[]) =>
    each.reduce((value, layer) => layer.apply(value) as SymbolicTensor, x);

  test.each<[string, () => LayersModel, RegExp]>([
    [
      'the mask of a step for a recurrent layer within timeDistributed',
      () => masked(parts(), inTime(layers.lstm({ units: 1 })), zeroDense()),
      /^layer "lstm_\w+" \(LSTM\) must get a mask of shape \[batch, steps\]; got a mask of shape \[\d\]$/,
    ],
    [
      'a softmax layer',
      () => masked(layers.softmax({ axis: -1 }), zeroDense()),
      /^layer "softmax_\w+" \(Softmax\) must get a sequence without a mask \(.*\); got a mask of shape \[\d,3\]$/,
    ],
    [
      'batch normalisation of steps with parts',
      () => masked(parts(), layers.batchNormalization(), inTime(layers.flatten()), zeroDense()),
      /^layer "batch_normalization_\w+" \(BatchNormalization\) must get a mask with one dimension less than its input, whose shape is \[\d,3,2,1\]; got a mask of shape \[\d,3\]$/,
    ],
    [
      'the mean of steps within timeDistributed',
      () => masked(parts(), inTime(layers.globalAveragePooling1d()), zeroDense()),
      /^layer "global_average_pooling1d_\w+" \(GlobalAveragePooling1D\) must get a mask of shape \[batch, steps\]; got a mask of shape \[\d\]$/,
    ],
    [
      'a mask of pixels for convLstm2d',
      () =>
        sequential({
          layers: [
            layers.inputLayer({ inputShape: [3, 2] }),
            layers.reshape({ targetShape: [3, 1, 2, 1] }),
            layers.masking(),
            layers.convLstm2d({ filters: 1, kernelSize: 1 }) as layers.Layer,
            layers.flatten(),
            zeroDense(),
          ],
        }),
      /^layer "conv_lst_m2d_\w+" \(ConvLSTM2D\) must get a mask of shape \[batch, steps\]; got a mask of shape \[\d,3,1,2\]$/,
    ],
    [
      'masks of steps and of their parts, added',
      () =>
        merged(
          layers.add(),
          (x) => applied(x, layers.masking(), parts()),
          (x) => applied(x, layers.reshape({ targetShape: [3, 2, 1] }), layers.masking()),
        ),
      /^layer "add_\w+" \(Add\) must get masks of one rank; got masks of shapes \[\d,3\] and \[\d,3,2\]$/,
    ],
    [
      'a mask of steps for parts that are concatenated',
      () =>
        merged(
          layers.concatenate(),
          (x) => applied(x, layers.masking(), parts()),
          (x) => applied(x, layers.masking(), parts()),
        ),
      /^layer "concatenate_\w+" \(Concatenate\) must get inputs with one dimension more than their masks; got a mask of shape \[\d,3\] for an input of shape \[\d,3,2,1\]$/,
    ],
  ])('%s', async (_, build, message) => {
    const model = build();
    const { xs, ys: steps } = padded(8);
    const hasSteps = (model.outputs[0] as SymbolicTensor).shape.length === 3;
    const ys = hasSteps ? steps : tf.zeros([8, 1]);
    const tensors = tf.memory().numTensors;
    const training = train(model, { xs, ys }, { learningRate: 0.01 });
    await expect(training).rejects.toThrow(message);
    await expect(training).rejects.toThrow(InputError);
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose([xs, ys, steps]);
    model.dispose();
  });
});
