import { useBackend } from '@lrfind/backends';
import type { Comparison } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compare } from '../../src/compare.js';
import * as trainingLoop from '../../src/engine/training-loop.js';
import type { CompareOptions, TrialOptions } from '../../src/options.js';
import { drawn, heights, noisy, points, regression } from '../train/small-trainings.js';
import { trainingsOf } from './untimed.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { batchSize: 8, repeats: 2, loss: 'mse' };
/** The first two learn best; the slow and the absurd ones are dropped. */
const trials: TrialOptions[] = [
  { name: 'adam', learningRate: 0.05, optimizer: 'adam' },
  { name: 'momentum in one cycle', learningRate: 'one-cycle(0.1, steps=16)', optimizer: 'momentum' },
  { name: 'slow', learningRate: 1e-5, optimizer: 'sgd' },
  { name: 'slower', learningRate: 1e-6, optimizer: 'sgd', batchSize: 4 },
  { name: 'too fast', learningRate: 1e20, optimizer: 'sgd' },
];
const model = () => noisy(0.2);
const compared = (options: Partial<CompareOptions>, of: LayersModel = model()) =>
  compare(of, data, { ...few, ...(options.steps === undefined && { epochs: 4 }), trials, ...options });
const last = ({ trials }: Comparison, name: string) =>
  trials.find((trial) => trial.name === name)?.trainings[0]?.evaluations.at(-1);

describe.each<[string, Partial<CompareOptions>]>([
  ['epochs', { epochs: 4 }],
  // 22 steps are evaluated 20 times, in the middle of epochs too.
  ['steps', { steps: 22 }],
  ['epochs, with drawn weights', { epochs: 4, initialWeights: 'drawn' }],
])('halved by %s', (_, options) => {
  test('survivors have the bits that they have without it, the others the first part of theirs', async () => {
    const whole = await compared(options);
    const halved = await compared({ ...options, halving: true });
    for (const { name } of trials as { name: string }[]) {
      for (const [i, training] of trainingsOf(halved, name).entries()) {
        const unpruned = trainingsOf(whole, name)[i];
        const { length } = training.evaluations;
        expect(training.evaluations).toEqual(unpruned?.evaluations.slice(0, length));
        if (training.outcome === 'pruned') expect(length).toBeLessThan(unpruned?.evaluations.length ?? 0);
        else expect([training.outcome, length]).toEqual([unpruned?.outcome, unpruned?.evaluations.length]);
      }
    }
  });

  test('two are left, and each other was worse where it was dropped', async () => {
    const comparison = await compared({ ...options, halving: true });
    const outcomes = Object.fromEntries(comparison.ranking.map(({ name, outcome }) => [name, outcome]));
    expect(outcomes).toEqual({
      adam: 'finished',
      'momentum in one cycle': 'finished',
      slow: 'pruned',
      slower: 'pruned',
      'too fast': 'diverged',
    });
    const lost = comparison.ranking.filter(({ outcome }) => outcome === 'pruned');
    const whole = await compared(options);
    for (const { name } of lost) {
      const end = comparison.trials.find((trial) => trial.name === name)?.trainings[0]?.evaluations.length as number;
      const there = (trial: string) =>
        trainingsOf(whole, trial).reduce(
          (sum, { evaluations }) => sum + (evaluations[end - 1]?.validation?.loss as number),
          0,
        );
      for (const winner of ['adam', 'momentum in one cycle']) expect(there(name)).toBeGreaterThan(there(winner));
    }
    expect(comparison.conclusions.join(' ')).toMatch(/Stopped early, because other trials were better: .*slow/);
  });
});

test('a trial that diverged is trained no further, also where it is promoted among others that did', async () => {
  const lostAt = (from: number) => (step: number) => (step < from ? 0.05 : 1e20);
  const some: TrialOptions[] = [
    { name: 'good', learningRate: 0.05 },
    ...[6, 5, 4, 3].map((from) => ({ name: `lost at ${from}`, learningRate: lostAt(from) })),
  ];
  const options = { trials: some, optimizer: 'sgd', epochs: 8 };
  const evaluated: string[] = [];
  const whole = await compared(options, regression());
  const parts = vi.spyOn(trainingLoop, 'runTraining');
  const halved = await compared(
    { ...options, halving: true, onEvaluation: ({ trial }) => evaluated.push(trial) },
    regression(),
  );
  // All up to the first rung, then one alone, each with two seeds.
  expect(parts).toHaveBeenCalledTimes(2 * (5 + 1 + 1));
  parts.mockRestore();
  // The first rung is after eight steps: three go on, of which two have diverged.
  expect(halved.ranking.map(({ outcome }) => outcome)).toEqual(['finished', ...Array(4).fill('diverged')]);
  for (const { name } of some as { name: string }[])
    for (const [i, { evaluations, outcome }] of trainingsOf(halved, name).entries()) {
      const unpruned = trainingsOf(whole, name)[i];
      expect([outcome, evaluations]).toEqual([unpruned?.outcome, unpruned?.evaluations]);
      expect(evaluated.filter((trial) => trial === name)).toHaveLength(2 * evaluations.length);
    }
});

test('those that were dropped later rank before those that were dropped earlier, whatever their batches', async () => {
  const rates: TrialOptions[] = [
    { name: 'good', learningRate: 0.1 },
    { name: 'fine', learningRate: 0.05 },
    // Dropped half-way, after 2 epochs of one batch each.
    { name: 'poor', learningRate: 0.01, batchSize: 32 },
    // Dropped at a quarter, after one epoch of sixteen batches.
    { name: 'bad', learningRate: 1e-7, batchSize: 2 },
    { name: 'worse', learningRate: 1e-8, batchSize: 32 },
  ];
  const comparison = await compare(regression(), data, {
    ...few,
    optimizer: 'sgd',
    epochs: 4,
    halving: true,
    trials: rates,
  });
  expect(['poor', 'bad', 'worse'].map((name) => last(comparison, name)?.step)).toEqual([2, 16, 1]);
  expect(comparison.ranking.map(({ name }) => name).slice(2)).toEqual(['poor', 'bad', 'worse']);
});

test('a layer that draws from Math.random is halved to the same bits, in the middle of an epoch too', async () => {
  class Jitter extends layers.Layer {
    override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean } = {}): tf.Tensor {
      const [x] = [inputs].flat() as [tf.Tensor];
      return training ? tf.mul(x, 0.5 + Math.random()) : tf.clone(x);
    }
    override computeOutputShape(shape: number[]): number[] {
      return shape;
    }
    static className = 'HalvedJitter';
  }
  const jittery = () => {
    const made = sequential();
    made.add(layers.dense({ units: 4, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }));
    made.add(new Jitter({}));
    made.add(layers.dense({ units: 1, kernelInitializer: drawn(2) }));
    return made;
  };
  const some = trials.slice(0, 3);
  const [whole, halved] = [
    await compared({ steps: 6, trials: some, repeats: 1 }, jittery()),
    await compared({ steps: 6, trials: some, repeats: 1, halving: true }, jittery()),
  ];
  expect(whole.setup.notes.join()).toContain('operation by operation');
  // The last halving is after three steps; four make an epoch.
  expect(last(halved, 'slow')?.step).toBe(3);
  for (const name of ['adam', 'momentum in one cycle'])
    expect(trainingsOf(halved, name)[0]?.evaluations).toEqual(trainingsOf(whole, name)[0]?.evaluations);
});

test('no tensor is left, and the time of a training is that of all its parts', async () => {
  const given = model();
  const before = tf.memory().numTensors;
  const { trials } = await compared({ halving: true }, given);
  expect(tf.memory().numTensors).toBe(before);
  for (const { trainings } of trials)
    for (const { evaluations } of trainings) {
      const seconds = evaluations.map((evaluation) => evaluation.seconds);
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    }
});
