import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { trainingCallback } from '../../src/callbacks/training-callback.js';
import { learningRateFinder } from '../../src/learning-rate-finder.js';
import { learningRateOf, setLearningRate } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { bits, compiled, heights, noisy, points, rejection } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(60);
const ys = heights(xs).map((y) => [y]);
const rate = 0.01;

/** Math.random as a stream that begins anew for each test; `fit` shuffles with it, and dropout draws seeds from it. */
const original = Math.random;
let drawn = 0;
const drawAnew = () => {
  let state = 42;
  drawn = 0;
  Math.random = () => {
    drawn += 1;
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
};
beforeEach(drawAnew);
afterEach(() => {
  Math.random = original;
});

/** Puts the rate back, so that all that a search may change is what it must not change. */
const putsBack = () =>
  trainingCallback('putsBack', { epochBegin: ({ optimizer: own }) => setLearningRate(own, rate) }, {}, {});
let model: ReturnType<typeof noisy>;

const optimizers: [string, () => tf.Optimizer][] = [
  ['adam of lrfind', () => optimizer('adam', { learningRate: rate })],
  ['momentum of TensorFlow.js', () => tf.train.momentum(rate, 0.9)],
  ['adam of TensorFlow.js', () => tf.train.adam(rate)],
];

describe.each(optimizers)('in model.fit with %s', (_name, make) => {
  const fit = async (finder: ReturnType<typeof learningRateFinder> | undefined) => {
    model = noisy(0.3);
    compiled(model, { optimizer: make() });
    const [x, y] = [tf.tensor2d(xs), tf.tensor2d(ys)];
    const callbacks = [...(finder ? [finder] : []), putsBack()] as never;
    const { history } = await model.fit(x, y, { epochs: 4, batchSize: 20, verbose: 0, callbacks });
    tf.dispose([x, y]);
    const reached = { bits: bits(model), drawn, loss: history.loss?.at(-1) };
    model.optimizer.dispose();
    model.dispose();
    return reached;
  };

  test('a search leaves weights, optimizer, random numbers and memory as they are', async () => {
    const counts = [tf.memory().numTensors];
    const run = async (given: ReturnType<typeof learningRateFinder> | undefined) => {
      drawAnew();
      const reached = await fit(given);
      counts.push(tf.memory().numTensors);
      return reached;
    };
    const without = await run(undefined);
    const finder = learningRateFinder({ xs, ys }, { everyEpochs: 2, repeats: 1 });
    const withIt = await run(finder);
    expect(finder.found.map(({ epoch }) => epoch)).toEqual([2]);
    expect(withIt).toEqual(without);
    // What a fit and its optimizer leave is TensorFlow.js's.
    const [first = 0, second = 0, third = 0] = counts;
    expect(third - second).toBe(second - first);
  });
});

test('in model.fit the rate that is found holds from that epoch on', async () => {
  model = noisy(0);
  compiled(model, { optimizer: optimizer('sgd', { learningRate: 1e-5 }) });
  const finder = learningRateFinder({ xs, ys }, { everyEpochs: 1, repeats: 1 });
  const rates: number[] = [];
  const epochEnd = () => void rates.push(learningRateOf(model.optimizer));
  const records = trainingCallback('records', { epochEnd }, {}, {});
  const [x, y] = [tf.tensor2d(xs), tf.tensor2d(ys)];
  await model.fit(x, y, { epochs: 3, batchSize: 20, verbose: 0, callbacks: [finder, records] });
  tf.dispose([x, y]);
  expect(finder.found).toHaveLength(2);
  const [first, second] = finder.found;
  expect(first?.rate).toBeGreaterThan(1e-3);
  expect(rates).toEqual([1e-5, first?.rate, second?.rate ?? first?.rate]);
  model.dispose();
});

describe('in train', () => {
  const settings = { learningRate: rate, epochs: 4, batchSize: 20, validationSplit: 0.2, seed: 3 } as const;
  const trained = async (callbacks: object[]) => {
    model = noisy(0.3);
    const result = await train(
      model,
      { xs, ys },
      {
        ...settings,
        optimizer: 'adam',
        loss: 'meanAbsoluteError',
        callbacks: callbacks as never,
      },
    );
    const reached = bits(model);
    model.dispose();
    return { reached, result };
  };
  test('a search leaves weights, optimizer and random numbers as they are', async () => {
    const without = await trained([putsBack()]);
    const tensors = tf.memory().numTensors;
    const finder = learningRateFinder({ xs, ys }, { everyEpochs: 2, repeats: 1 });
    const withIt = await trained([finder, putsBack()]);
    expect(finder.found).toHaveLength(1);
    expect(withIt.reached).toBe(without.reached);
    expect(withIt.result.losses).toEqual(without.result.losses);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('the rates of the result are those that were found', async () => {
    const finder = learningRateFinder({ xs, ys }, { everyEpochs: 2, repeats: 1 });
    const { result } = await trained([finder]);
    const found = finder.found[0]?.rate ?? rate;
    expect(result.recipe.rates.at(-1)?.rate).toBe(found);
    expect(result.recipe.callbacks).toMatchObject([{ name: 'learningRateFinder', everyEpochs: 2 }]);
  });
});

test('its record can be stored, and a damaged one is refused', () => {
  const finder = learningRateFinder({ xs, ys });
  finder.restore({ found: [{ epoch: 5, rate: 0.1, reason: null }] });
  expect(JSON.parse(JSON.stringify(finder.state()))).toEqual({ found: [{ epoch: 5, rate: 0.1, reason: null }] });
  expect(() => finder.restore({ found: [{ epoch: -1 }] } as never)).toThrow(/the state of learningRateFinder/);
});

test('wrong options and data are refused', async () => {
  expect(() => learningRateFinder({ xs, ys }, { everyEpochs: 0 })).toThrow(
    /everyEpochs must be .* at least 1 .*; got 0/,
  );
  expect(() => learningRateFinder({ xs, ys }, { every: 2 } as never)).toThrow(/every/);
  model = noisy(0);
  compiled(model, { optimizer: optimizer('adam', { learningRate: 'cosine(0.1, steps=10)' }) });
  const [x, y] = [tf.tensor2d(xs), tf.tensor2d(ys)];
  const fitted = model.fit(x, y, { epochs: 1, verbose: 0, callbacks: [learningRateFinder({ xs, ys })] });
  expect((await rejection(fitted)).message).toMatch(/follows a schedule/);
  tf.dispose([x, y]);
  model.dispose();
});
