import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import type { LossWeights } from '../../src/losses/resolve.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

const xs = tf.tidy(() => Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i)]));
const ys = { a: xs.map(([x]) => [(x as number) + 1]), b: xs.map(([, z]) => [10 * (z as number)]) };
const rates = { startLr: 1e-6, endLr: 1e-5, steps: 4, repeats: 1, batchSize: 40, optimizer: 'sgd' } as const;

/** Two linear outputs on one input, all kernels 1. */
function twoOutputs() {
  const inputs = input({ shape: [2] });
  const output = (name: string) =>
    layers.dense({ units: 1, name, kernelInitializer: 'ones' }).apply(inputs) as SymbolicTensor;
  return functional({ inputs, outputs: [output('a'), output('b')] });
}

/** The mean squared error of each output before any step, by hand. */
const apart = (['a', 'b'] as const).map(
  (name) => xs.reduce((sum, [x = 0, z = 0], i) => sum + (x + z - (ys[name][i]?.[0] as number)) ** 2, 0) / xs.length,
) as [number, number];

const data = () => ({ xs: tf.tensor2d(xs), ys: { a: tf.tensor2d(ys.a), b: tf.tensor2d(ys.b) } });
const firstLoss = async (lossWeights?: LossWeights) =>
  (await findLearningRate(twoOutputs(), data(), { ...rates, loss: 'mse', lossWeights })).sweeps[0]?.points[0]?.loss;

describe('the loss is the weighted sum of the outputs’ losses', () => {
  test.each<[LossWeights | undefined, number]>([
    [undefined, apart[0] + apart[1]],
    [[1, 1], apart[0] + apart[1]],
    [[1, 0.001], apart[0] + 0.001 * apart[1]],
    [{ b: 0.25 }, apart[0] + 0.25 * apart[1]],
    [{ a: 0, b: -2 }, -2 * apart[1]],
  ])('with %j', async (weights, expected) => {
    expect((await firstLoss(weights)) as number).toBeCloseTo(expected, 4);
  });
});

test('gradients have the weights too: with SGD, a weight acts on an output’s weights as a factor of the rate', async () => {
  const [one, other] = [twoOutputs(), twoOutputs()];
  const whole = { loss: 'mse', optimizer: 'sgd', epochs: 1, batchSize: 40, validationSplit: 0 } as const;
  const { training, setup } = await train(one, data(), { ...whole, learningRate: 0.01, lossWeights: [1, 0.5] });
  await train(other, data(), { ...whole, learningRate: 0.005 });
  expect(training.evaluations[0]?.training.loss as number).toBeCloseTo(apart[0] + 0.5 * apart[1], 4);
  expect(setup.loss).toBe('1·meanSquaredError, 0.5·meanSquaredError');
  const kernelOf = (model: ReturnType<typeof twoOutputs>) => model.getLayer('b').getWeights()[0]?.dataSync() ?? [];
  for (const [i, value] of kernelOf(one).entries()) expect(value).toBeCloseTo(kernelOf(other)[i] as number, 6);
});

test('the validation loss of a comparison has the weights, and so does what a journal is compared with', async () => {
  const whole = { loss: 'mse', optimizer: 'sgd', steps: 2, repeats: 1, validation: data() } as const;
  const trials = [{ learningRate: 1e-9 }, { learningRate: 1e-8 }];
  const { trials: results, setup } = await compare(twoOutputs(), data(), { ...whole, trials, lossWeights: { b: 0.1 } });
  expect(results[0]?.trainings[0]?.start?.loss as number).toBeCloseTo(apart[0] + 0.1 * apart[1], 4);
  expect(setup.loss).toBe('1·meanSquaredError, 0.1·meanSquaredError');
});

test.each<[unknown, string]>([
  [[1], 'lossWeights must be one number for each output (a, b); got [1]'],
  [[1, 2, 3], 'lossWeights must be one number for each output (a, b); got [1,2,3]'],
  [0.5, 'lossWeights must be one number for each output (a, b); got 0.5'],
  [[1, Number.NaN], 'each of lossWeights must be a finite number; got NaN'],
  [[1, '2'], 'each of lossWeights must be a finite number; got "2"'],
  [{ c: 1 }, 'an output in lossWeights must be one of a, b; got "c"'],
])('refuses %j', async (weights, message) => {
  await expect(firstLoss(weights as LossWeights)).rejects.toThrow(message);
});
