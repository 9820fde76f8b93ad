import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CompareOptions, compare } from '../../src/compare.js';
import { drawInitialWeights, topologyOf } from '../../src/model/initial-weights.js';
import { seededRandom } from '@lrfind/core';
import { train } from '../../src/train.js';
import type { TrialOptions } from '../../src/study/trial-options.js';
import { backend, exact } from '../backend.js';
import { drawn, heights, points, regression } from '../train/small-trainings.js';
import { trainingsOf, untimed, untimedTraining } from './untimed.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, seeds: 2, loss: 'mse' };
const noisy = () =>
  sequential({
    layers: [
      layers.dense({ units: 6, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 1, kernelInitializer: drawn(2) }),
    ],
  });
const compared = (runs: TrialOptions[], options: Partial<CompareOptions> = {}) =>
  compare(noisy(), data, { ...few, ...options, runs });

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

/** Runs of all sorts, some of which share an optimizer. */
const runs: TrialOptions[] = [
  { name: 'adam', learningRate: 0.01 },
  { name: 'adam in one cycle', learningRate: 'one-cycle(0.1, steps=8)' },
  { name: 'adam, small batches', learningRate: 0.01, batchSize: 5 },
  { name: 'sgd', learningRate: 0.1, optimizer: 'sgd' },
  { name: 'too fast', learningRate: 1e20, optimizer: 'sgd' },
  { name: 'momentum', learningRate: 'cosine(0.05, steps=9)', optimizer: 'momentum' },
];

describe.each(['given', 'drawn'] as const)('with %s weights', (initialWeights) => {
  test('a run comes to the same alone, among others and in another order', async () => {
    const together = await compared(runs, { initialWeights });
    const reversed = await compared(runs.toReversed(), { initialWeights });
    for (const run of runs) {
      const name = run.name as string;
      const alone = await compared([run], { initialWeights });
      expectAlike(trainingsOf(alone, name), trainingsOf(together, name));
      expectAlike(trainingsOf(reversed, name), trainingsOf(together, name));
    }
  });

  test('a run comes to what train makes of the same', async () => {
    const together = await compared(runs, { initialWeights });
    for (const { name, ...run } of runs) {
      const options = { ...run, epochs: 2, batchSize: run.batchSize ?? 8, loss: 'mse', initialWeights } as const;
      const { training, recipe } = await train(noisy(), data, options);
      expectAlike(untimedTraining(training), trainingsOf(together, name as string)[0] as object);
      // The plan of a run that diverged has all its steps.
      const planned = together.runs.find((each) => each.name === name)?.recipe;
      if (training.outcome === 'finished') expect(planned).toEqual(recipe);
      else expect(planned?.rates).toHaveLength(2);
    }
  });
});

test('given weights are the same for all seeds and runs, drawn ones for all runs', async () => {
  const pair = [{ learningRate: 0.01 }, { learningRate: 0.1, batchSize: 4 }];
  const starts = async (initialWeights: 'given' | 'drawn') => {
    const { runs } = await compared(pair, { initialWeights, seeds: 3 });
    return runs.map(({ trainings }) => trainings.map(({ start }) => start?.loss as number));
  };
  const given = await starts('given');
  expect(new Set(given.flat()).size).toBe(1);
  const [first, second] = await starts('drawn');
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(3);
  // They are those that the model's initialisers draw from this seed's stream.
  const model = noisy();
  for (const [seed, loss] of (first as number[]).entries()) {
    const weights = await drawInitialWeights(topologyOf(model), seededRandom(seed, 'weights'));
    model.setWeights(weights);
    const validation = { xs: points(9, 60), ys: heights(points(9, 60)) };
    const own = await compare(model, data, { ...few, runs: [{ learningRate: 0.1 }], validation });
    const drawnThere = await compare(noisy(), data, {
      ...few,
      runs: [{ learningRate: 0.1 }],
      validation,
      initialWeights: 'drawn',
      seed,
      seeds: 1,
    });
    expect(drawnThere.runs[0]?.trainings[0]?.start).toEqual(own.runs[0]?.trainings[0]?.start);
    expect(loss).toBeGreaterThan(0);
    tf.dispose(weights);
  }
});

test('seeds are alike from comparison to comparison: a second one with more of them begins with the same', async () => {
  const two = await compared(runs.slice(0, 2));
  const three = await compared(runs.slice(0, 2), { seeds: 3 });
  for (const name of ['adam', 'adam in one cycle'])
    expectAlike(trainingsOf(three, name).slice(0, 2), trainingsOf(two, name));
  const [first, second] = trainingsOf(two, 'adam');
  expect(second?.points).not.toEqual(first?.points);
});

test('equal comparisons have equal documents but for times, on a model that compiles and on one that does not', async () => {
  const eager = (target: tf.Tensor, prediction: tf.Tensor) => {
    prediction.dataSync();
    return tf.losses.meanSquaredError(target, prediction);
  };
  const [compiled, slow] = [regression(), regression()];
  const some = runs.filter(({ name }) => name !== 'too fast');
  const first = await compare(compiled, data, { ...few, runs: some });
  expectAlike(untimed(await compare(compiled, data, { ...few, runs: some })), untimed(first));
  const byHand = await compare(slow, data, { ...few, runs: some, loss: eager, metrics: ['mae'] });
  expect(byHand.setup.notes.join()).toContain('operation by operation');
  for (const { name } of some) expectAlike(trainingsOf(byHand, name as string), trainingsOf(first, name as string));
});
