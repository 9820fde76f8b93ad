import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import { epochBatches } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { drawn } from './small-trainings.js';

beforeAll(() => useBackend('wasm'));

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

// Row i is the number i; a loss that is called with the ids of every batch that is trained on or evaluated.
const rows = 23;
const data = { xs: upTo(rows).map((i) => [i]), ys: upTo(rows) };
const identity = () =>
  sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: drawn(1) })] });

/** A loss that notes the rows of batches, and so runs operation by operation. It learns nothing. */
function watching() {
  const seen: number[][] = [];
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => {
    seen.push([...target.dataSync()]);
    return tf.mul(tf.mean(tf.square(prediction)), 1e-6);
  };
  return { seen, loss };
}

/** The batches of each epoch of a training that holds nothing out. */
async function batchesOf(options: Partial<TrainOptions>): Promise<number[][][]> {
  const { seen, loss } = watching();
  const whole = { learningRate: 0.01, epochs: 3, batchSize: 5, validationSplit: 0, loss };
  await train(identity(), data, { ...whole, ...options });
  // 23 rows in batches of five.
  expect(seen).toHaveLength(3 * 5);
  return upTo(3).map((epoch) => seen.slice(5 * epoch, 5 * (epoch + 1)));
}

test('a training sees each row once in every epoch, in another order each time', async () => {
  const epochs = await batchesOf({});
  for (const batches of epochs) {
    expect(batches.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
    expect(sorted(batches.flat())).toEqual(upTo(rows));
  }
  expect(new Set(epochs.map((batches) => batches.flat().join())).size).toBe(3);
});

test('the order depends on seed and epoch alone', async () => {
  const epochs = await batchesOf({});
  expect(await batchesOf({ optimizer: 'sgd', learningRate: 'cosine(0.1, steps=15)' })).toEqual(epochs);
  expect(await batchesOf({ seed: 1 })).not.toEqual(epochs);
  // It is that of the stream of this purpose, seed and epoch, whatever was drawn before.
  const all = Int32Array.from(upTo(rows));
  for (const [epoch, batches] of epochs.entries())
    expect(batches).toEqual(epochBatches(all, 5, seededRandom(0, 'batches', epoch)).map((batch) => [...batch]));
});

test('the loss of an epoch is the mean over its rows, those of a smaller last batch included', async () => {
  // The loss of a batch is the mean of its row numbers, whatever the model says.
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => tf.add(target, tf.mul(prediction, 0));
  const result = await train(identity(), data, {
    learningRate: 0.01,
    epochs: 2,
    batchSize: 5,
    validationSplit: 0,
    loss,
  });
  for (const { training, validation } of result.training.evaluations) {
    expect(training.loss).toBeCloseTo((rows - 1) / 2, 5);
    expect(validation).toBeNull();
  }
  expect(result.training.evaluations.map(({ step, epoch }) => [step, epoch])).toEqual([
    [5, 1],
    [10, 2],
  ]);
  expect(result.training.start).toBeNull();
});

/**
 * A model in which each row moves a weight of its own, by exactly the rate: afterwards the weights tell which rows were trained on,
 * and how often.
 */
function counting() {
  const inputs = input({ shape: [1] });
  const one = layers.embedding({ inputDim: rows, outputDim: 1, embeddingsInitializer: 'zeros' });
  const outputs = layers.flatten().apply(one.apply(inputs)) as SymbolicTensor;
  return functional({ inputs, outputs });
}
const pushing = (_: tf.Tensor, prediction: tf.Tensor) => tf.neg(tf.sum(prediction));

test('validation rows are never trained on, the others once in every epoch', async () => {
  for (const seed of [0, 1, 2]) {
    const model = counting();
    const options = { optimizer: 'sgd', learningRate: 1, loss: pushing, epochs: 4, batchSize: 5, seed };
    const { setup } = await train(model, data, { ...options, validationSplit: 0.3 });
    const counts = [...(model.getWeights()[0] as tf.Tensor).dataSync()];
    expect(sorted(counts)).toEqual([...Array(7).fill(0), ...Array(16).fill(4)]);
    expect([setup.rows, setup.validationRows]).toEqual([16, 7]);
  }
});

test('validation and test rows of their own are not trained on, and no others are held out', async () => {
  const model = counting();
  const part = (from: number, to: number) => ({ xs: data.xs.slice(from, to), ys: data.ys.slice(from, to) });
  const loss = (target: tf.Tensor, prediction: tf.Tensor) =>
    tf.add(pushing(target, prediction), tf.mul(tf.sum(target), 0));
  const options = { optimizer: 'sgd', learningRate: 1, loss, epochs: 2, batchSize: 4 };
  const result = await train(model, part(0, 10), { ...options, validation: part(10, 16), test: part(16, 23) });
  const counts = [...(model.getWeights()[0] as tf.Tensor).dataSync()];
  expect(counts).toEqual([...Array(10).fill(2), ...Array(13).fill(0)]);
  expect([result.setup.rows, result.setup.validationRows, result.test?.rows]).toEqual([10, 6, 7]);
});

test('in a comparison the same rows are held out for all seeds and trials', async () => {
  const { seen, loss } = watching();
  const heldOut = new Set<string>();
  const trials = [{ learningRate: 0.01 }, { learningRate: 0.1, batchSize: 4 }, { learningRate: 0.1, optimizer: 'sgd' }];
  await compare(identity(), data, { trials, loss, epochs: 2, batchSize: 5, repeats: 2, validationSplit: 0.3 });
  // Batches are smaller than the seven validation rows.
  for (const batch of seen.filter(({ length }) => length === 7)) heldOut.add(sorted(batch).join());
  expect(heldOut.size).toBe(1);
  const left = upTo(rows).filter((row) => ![...heldOut].join().split(',').map(Number).includes(row));
  for (const batch of seen.filter(({ length }) => length < 7))
    expect(batch.every((row) => left.includes(row))).toBe(true);
  // The start of two seeds, which all trials share, and two epochs of three trials with two seeds.
  expect(seen.filter(({ length }) => length === 7)).toHaveLength(2 + 2 * 3 * 2);
});

test('more validation rows than are evaluated at once count alike', async () => {
  const many = 1500;
  const large = { xs: upTo(many).map((i) => [i / many]), ys: upTo(many) };
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => tf.add(target, tf.mul(prediction, 0));
  const options = { learningRate: 0.01, epochs: 1, batchSize: 500, loss, metrics: ['mse'] };
  const { training } = await train(identity(), { xs: [[0]], ys: [0] }, { ...options, validation: large });
  expect(training.start?.loss).toBeCloseTo((many - 1) / 2, 2);
});
