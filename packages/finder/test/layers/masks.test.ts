import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
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

test('a recurrent layer within timeDistributed cannot have the mask of a step, and that is said', async () => {
  const model = masked(
    layers.reshape({ targetShape: [3, 2, 1] }),
    layers.masking(),
    layers.timeDistributed({ layer: layers.lstm({ units: 1 }) }),
  );
  const data = padded(8);
  await expect(train(model, data, { learningRate: 0.01 })).rejects.toThrow(
    /^layer "time_distributed_\w+" \(TimeDistributed\) must get a sequence without a mask, .*"lstm_\w+" \(LSTM\)$/,
  );
  tf.dispose([data.xs, data.ys]);
});
