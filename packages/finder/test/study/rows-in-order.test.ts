import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';

beforeAll(() => useBackend('wasm'));

/** One weight without a bias, 0 at first; at a rate of 0 the loss of a batch is the mean of its squared targets. */
function zeros() {
  return sequential({
    layers: [layers.dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [1] })],
  });
}

const targets = Array.from({ length: 8 }, (_, row) => row);
const data = () => ({ xs: tf.ones([8, 1]), ys: tf.tensor2d(targets, [8, 1]) });
const meanSquare = (...rows: number[]) => rows.reduce((sum, row) => sum + row * row, 0) / rows.length;
const order = { shuffle: 'off', split: 'last', validationSplit: 0.25 } as const;
const common = { ...order, loss: 'mse', optimizer: 'sgd', batchSize: 2 } as const;
const inOrder = [meanSquare(0, 1), meanSquare(2, 3), meanSquare(4, 5)];

test('train takes the rows in order and holds out the last', async () => {
  const { losses, training } = await train(zeros(), data(), { ...common, learningRate: 0, epochs: 2 });
  expect(losses).toEqual([...inOrder, ...inOrder]);
  expect(training.evaluations[0]?.validation?.loss).toBe(meanSquare(6, 7));
});

test('a sweep takes the rows in order, from the first in every repeat', async () => {
  const rates = { startLr: 1e-12, endLr: 1e-11, steps: 4, repeats: 2 };
  const { sweeps } = await findLearningRate(zeros(), data(), { ...common, ...rates });
  for (const { points } of sweeps)
    for (const [i, { loss }] of points.entries()) expect(loss).toBeCloseTo(inOrder[i % 3] as number, 4);
});

test('compare takes the rows in order, and shuffles them unless told otherwise', async () => {
  const trials = [{ learningRate: 0 }, { learningRate: 1e-12 }];
  const { trials: results } = await compare(zeros(), data(), { ...common, trials, epochs: 1, repeats: 2 });
  for (const { trainings } of results)
    for (const { start, evaluations } of trainings) {
      expect(start?.loss).toBe(meanSquare(6, 7));
      expect(evaluations[0]?.training.loss).toBeCloseTo(meanSquare(0, 1, 2, 3, 4, 5), 4);
    }
  const shuffled = await train(zeros(), data(), { ...common, shuffle: 'epoch', learningRate: 0, epochs: 3 });
  expect(shuffled.losses).not.toEqual([...inOrder, ...inOrder, ...inOrder]);
});
