import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { buildModel, topologyOf } from '../../src/model/initial-weights.js';
import type { CompareOptions, TrialOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend, exact } from '../backend.js';
import { drawn, heights, points, regression } from '../train/small-trainings.js';
import { trainingsOf, untimed, untimedTraining } from './untimed.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, repeats: 2, loss: 'mse' };
const noisy = () =>
  sequential({
    layers: [
      layers.dense({ units: 6, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 1, kernelInitializer: drawn(2) }),
    ],
  });
const compared = (trials: TrialOptions[], options: Partial<CompareOptions> = {}) =>
  compare(noisy(), data, { ...few, ...options, trials });

/** Bits on WebAssembly; elsewhere what threads and fused operations leave of them. */
function expectAlike(actual: object, expected: object): void {
  if (exact) expect(actual).toEqual(expected);
  else
    JSON.stringify(actual, (_, value) => {
      if (typeof value === 'number') numbers.push(value);
      return value;
    });
  const found = numbers.splice(0);
  JSON.stringify(expected, (_, value) => {
    if (typeof value === 'number' && !exact) expect(found.shift()).toBeCloseTo(value, 4);
    return value;
  });
}
const numbers: number[] = [];

/** Trials of all sorts, some of which share an optimizer. */
const trials: TrialOptions[] = [
  { name: 'adam', learningRate: 0.01 },
  { name: 'adam in one cycle', learningRate: 'one-cycle(0.1, steps=8)' },
  { name: 'adam, small batches', learningRate: 0.01, batchSize: 5 },
  { name: 'sgd', learningRate: 0.1, optimizer: 'sgd' },
  { name: 'too fast', learningRate: 1e20, optimizer: 'sgd' },
  { name: 'momentum', learningRate: 'cosine(0.05, steps=9)', optimizer: 'momentum' },
];

describe.each(['given', 'drawn'] as const)('with %s weights', (initialWeights) => {
  test('a trial has the same result alone, among others and in another order', async () => {
    const together = await compared(trials, { initialWeights });
    const reversed = await compared(trials.toReversed(), { initialWeights });
    for (const trial of trials) {
      const name = trial.name as string;
      const alone = await compared([trial], { initialWeights });
      expectAlike(trainingsOf(alone, name), trainingsOf(together, name));
      expectAlike(trainingsOf(reversed, name), trainingsOf(together, name));
    }
  });

  test('a trial has the result that train has for the same', async () => {
    const together = await compared(trials, { initialWeights });
    for (const { name, callbacks: _, ...trial } of trials) {
      const options = { ...trial, epochs: 2, batchSize: trial.batchSize ?? 8, loss: 'mse', initialWeights } as const;
      const { training, recipe } = await train(noisy(), data, options);
      expectAlike(untimedTraining(training), trainingsOf(together, name as string)[0] as object);
      // The recipe of a trial that diverged has all its steps.
      const planned = together.trials.find((each) => each.name === name)?.recipe;
      if (training.outcome === 'finished') expect(planned).toEqual(recipe);
      else expect(planned?.rates).toHaveLength(2);
    }
  });
});

test('given weights are the same for all seeds and trials, drawn ones for all trials', async () => {
  const pair = [{ learningRate: 0.01 }, { learningRate: 0.1, batchSize: 4 }];
  const starts = async (initialWeights: 'given' | 'drawn') => {
    const { trials } = await compared(pair, { initialWeights, repeats: 3 });
    return trials.map(({ trainings }) => trainings.map(({ start }) => start?.loss as number));
  };
  const given = await starts('given');
  expect(new Set(given.flat()).size).toBe(1);
  const [first, second] = await starts('drawn');
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(3);
  // They are those that the model's initialisers draw from this seed's stream.
  const model = noisy();
  for (const [seed, loss] of (first as number[]).entries()) {
    const twin = await buildModel(topologyOf(model), seededRandom(seed, 'weights'));
    model.setWeights(twin.getWeights());
    twin.dispose();
    const validation = { xs: points(9, 60), ys: heights(points(9, 60)) };
    const own = await compare(model, data, { ...few, trials: [{ learningRate: 0.1 }], validation });
    const drawnThere = await compare(noisy(), data, {
      ...few,
      trials: [{ learningRate: 0.1 }],
      validation,
      initialWeights: 'drawn',
      seed,
      repeats: 1,
    });
    expect(drawnThere.trials[0]?.trainings[0]?.start).toEqual(own.trials[0]?.trainings[0]?.start);
    expect(loss).toBeGreaterThan(0);
  }
});

test('seeds are alike from comparison to comparison: a second one with more of them begins with the same', async () => {
  const two = await compared(trials.slice(0, 2));
  const three = await compared(trials.slice(0, 2), { repeats: 3 });
  for (const name of ['adam', 'adam in one cycle'])
    expectAlike(trainingsOf(three, name).slice(0, 2), trainingsOf(two, name));
  const [first, second] = trainingsOf(two, 'adam');
  expect(second?.evaluations).not.toEqual(first?.evaluations);
});

test('equal comparisons have equal results but for times, on a model that compiles and on one that does not', async () => {
  const eager = (target: tf.Tensor, prediction: tf.Tensor) => {
    prediction.dataSync();
    return tf.losses.meanSquaredError(target, prediction);
  };
  const [compiled, slow] = [regression(), regression()];
  const some = trials.filter(({ name }) => name !== 'too fast');
  const first = await compare(compiled, data, { ...few, trials: some });
  expectAlike(untimed(await compare(compiled, data, { ...few, trials: some })), untimed(first));
  const byHand = await compare(slow, data, { ...few, trials: some, loss: eager, metrics: ['mae'] });
  expect(byHand.setup.notes.join()).toContain('operation by operation');
  for (const { name } of some) expectAlike(trainingsOf(byHand, name as string), trainingsOf(first, name as string));
});
