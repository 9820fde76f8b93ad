import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { optimizer as makeOptimizer } from '../../src/optimizers/optimizer.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

const rows = 48;
const data = () => ({
  xs: tf.tidy(() =>
    tf.tensor2d(
      Array.from({ length: rows * 3 }, (_, i) => Math.sin(1.7 * i)),
      [rows, 3],
    ),
  ),
  ys: tf.tidy(() =>
    tf.tensor2d(
      Array.from({ length: rows }, (_, i) => Math.cos(0.9 * i)),
      [rows, 1],
    ),
  ),
});

/** Equal weights on every call. */
function network() {
  const model = sequential({
    layers: [layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }), layers.dense({ units: 1 })],
  });
  const values = model
    .getWeights()
    .map((weight, i) => tf.reshape(tf.cos(tf.add(tf.range(0, weight.size), i)), weight.shape));
  model.setWeights(values);
  return model;
}

type Network = ReturnType<typeof network>;
const valuesOf = (model: Network) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const close = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
};

/** Batches of a training in order: 4 of 12 rows, or 12 of 4 rows, the same rows in all. */
const whole = { loss: 'mse', shuffle: 'off', validationSplit: 0, learningRate: 0.05, epochs: 2 } as const;

describe.each(['sgd', 'momentum', 'adam', 'nadam'])('with %s', (name) => {
  test('three batches of 4 rows that make one update train as one batch of 12 rows', async () => {
    const [one, other] = [network(), network()];
    const large = await train(one, data(), { ...whole, batchSize: 12, optimizer: name });
    const small = await train(other, data(), {
      ...whole,
      ...{ batchSize: 4, optimizer: { name, gradientAccumulationSteps: 3 } },
    });
    close(valuesOf(other), valuesOf(one));
    expect(small.losses).toHaveLength(3 * large.losses.length);
    expect(small.setup.notes.filter((note) => note.includes('operation by operation'))).toEqual([]);
  });

  test('a sweep makes one update for each rate, from as many batches, and measures the mean of their losses', async () => {
    const sweep = { loss: 'mse', shuffle: 'off', startLr: 1e-3, endLr: 1, steps: 6, repeats: 1 } as const;
    const large = await findLearningRate(network(), data(), { ...sweep, batchSize: 12, optimizer: name });
    const small = await findLearningRate(network(), data(), {
      ...sweep,
      ...{ batchSize: 4, optimizer: { name, gradientAccumulationSteps: 3 } },
    });
    const losses = ({ sweeps }: typeof large) => sweeps[0]?.points.map(({ loss }) => loss as number) ?? [];
    close(losses(small), losses(large));
  });
});

describe('a moving average of the weights', () => {
  const momentum = 0.6;
  const optimizer = { name: 'sgd', useEma: true, emaMomentum: momentum };

  /** The weights after each step of a plain training, averaged by hand. */
  async function averaged(steps: number): Promise<number[]> {
    let average: number[] = [];
    for (let count = 1; count <= steps; count++) {
      const model = network();
      // One batch an epoch, in order: after so many epochs, so many steps.
      await train(model, data(), { ...whole, batchSize: rows, epochs: count, optimizer: 'sgd' });
      const values = valuesOf(model);
      average = count === 1 ? values : average.map((old, i) => momentum * old + (1 - momentum) * (values[i] as number));
    }
    return average;
  }

  test('is what a training ends with, and what it is evaluated with', async () => {
    const model = network();
    const held = data();
    const { training, test: tested } = await train(model, data(), {
      ...{ ...whole, validationSplit: undefined, batchSize: rows, epochs: 4, optimizer },
      ...{ validation: held, test: held },
    });
    close(valuesOf(model), await averaged(4));
    const predictions = model.predict(held.xs) as tf.Tensor;
    const loss = tf.losses.meanSquaredError(held.ys, predictions).dataSync()[0] as number;
    expect(training.evaluations.at(-1)?.validation?.loss).toBeCloseTo(loss, 5);
    expect(tested?.loss).toBeCloseTo(loss, 5);
  });

  test('does not change the training itself', async () => {
    const losses = async (chosen: string | typeof optimizer) =>
      (await train(network(), data(), { ...whole, batchSize: 12, validationSplit: 0.25, optimizer: chosen })).losses;
    expect(await losses(optimizer)).toEqual(await losses('sgd'));
  });

  test('is what a comparison ranks by, with halving and without', async () => {
    const common = { loss: 'mse', epochs: 4, repeats: 1, batchSize: 12 } as const;
    const trials = [0.05, 0.04, 0.03, 0.02].map((learningRate) => ({ learningRate, optimizer }));
    const plain = await compare(network(), data(), { ...common, trials });
    const halved = await compare(network(), data(), { ...common, trials, halving: true });
    const [best] = halved.ranking;
    expect(best?.loss).toBe(plain.ranking.find(({ name }) => name === best?.name)?.loss);
    const raw = await compare(network(), data(), {
      ...{ ...common, trials: trials.map((trial) => ({ ...trial, optimizer: 'sgd' })) },
    });
    expect(raw.ranking[0]?.loss).not.toBe(plain.ranking[0]?.loss);
  });

  test('replaces the weights after model.fit when the optimizer is told to', async () => {
    const model = network();
    const made = makeOptimizer('sgd', { learningRate: 0.05, useEma: true, emaMomentum: momentum });
    model.compile({ optimizer: made, loss: 'meanSquaredError' });
    const { xs, ys } = data();
    await model.fit(xs, ys, { batchSize: rows, epochs: 4, shuffle: false, verbose: 0 });
    made.finalizeVariableValues();
    close(valuesOf(model), await averaged(4));
  });

  test('leaves no tensor behind', async () => {
    const model = network();
    const given = data();
    const options = { ...whole, batchSize: 12, validationSplit: 0.25, optimizer } as const;
    await train(model, given, options);
    const { numTensors } = tf.memory();
    await train(model, given, options);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
