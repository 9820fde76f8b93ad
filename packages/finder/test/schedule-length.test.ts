import { useBackend } from '@lrfind/backends';
import { beforeAll, expect, test } from 'vitest';
import { earlyStopping } from '../src/callbacks/early-stopping.js';
import { compare } from '../src/compare.js';
import { train } from '../src/train.js';
import { heights, points, regression } from './train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

// 32 rows are trained on: 4 batches of 8 an epoch.
const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 3, batchSize: 8, optimizer: 'sgd', loss: 'mse' };
const misfit = (notes: readonly string[]) => notes.filter((note) => /than the training/.test(note));

test('train notes the share of a schedule that a short training uses', async () => {
  const { setup } = await train(regression(), data, { ...few, learningRate: 'one-cycle(0.1, steps=1000)' });
  expect(misfit(setup.notes)).toEqual([
    'one-cycle(0.1, steps=1000) is longer than the training: 12 steps use 1.2 % of it; steps=auto takes the length of the training',
  ]);
});

test('train notes the steps after the end of a short schedule', async () => {
  const { setup } = await train(regression(), data, { ...few, learningRate: 'cosine(0.1, steps=4)' });
  expect(misfit(setup.notes)[0]).toMatch(/is shorter than the training: 7 of the 12 steps ran after its end/);
});

test('a training that a callback stops used the schedule up to there', async () => {
  const callback = earlyStopping({ monitor: 'val_loss', patience: 0, minDelta: 1e9 });
  const { setup, training } = await train(regression(), data, {
    ...few,
    epochs: 10,
    learningRate: 'cosine(0.1)',
    callbacks: callback,
  });
  expect(training.outcome).toBe('stopped');
  expect(misfit(setup.notes)[0]).toMatch(
    /^cosine\(0\.1, steps=40\) is longer than the training: 8 steps use 20 % of it/,
  );
});

test.each(['one-cycle(0.1)', 'one-cycle(0.1, steps=auto)', { name: 'one-cycle', rate: 0.1 }])(
  '%j in train is the schedule of its length, bit for bit, and is stored with the number',
  async (learningRate) => {
    const auto = await train(regression(), data, { ...few, learningRate });
    const known = await train(regression(), data, { ...few, learningRate: 'one-cycle(0.1, steps=12)' });
    expect(auto.losses).toEqual(known.losses);
    expect(auto.recipe).toEqual(known.recipe);
    expect(auto.recipe.learningRate).toBe('one-cycle(0.1, steps=12)');
    expect(auto.options.learningRate).toBe('one-cycle(0.1, steps=12)');
    expect(misfit(auto.setup.notes)).toEqual([]);
  },
);

test('each trial of a comparison has the schedule of its own length', async () => {
  const trials = [{ learningRate: 'cosine(0.1)' }, { learningRate: 'cosine(0.1)', batchSize: 16 }];
  const inEpochs = await compare(regression(), data, { ...few, trials, repeats: 1 });
  expect(inEpochs.trials.map(({ recipe }) => recipe.learningRate)).toEqual([
    'cosine(0.1, steps=12)',
    'cosine(0.1, steps=6)',
  ]);
  const { epochs: _, ...others } = few;
  const inSteps = await compare(regression(), data, { ...others, trials, repeats: 1, steps: 10 });
  expect(new Set(inSteps.trials.map(({ recipe }) => recipe.learningRate))).toEqual(new Set(['cosine(0.1, steps=10)']));
});

test('compare says that a trial whose schedule does not fit was not compared as it is meant', async () => {
  const trials = [
    { learningRate: 0.05 },
    { learningRate: 'one-cycle(0.1, steps=1000)' },
    { learningRate: 'cosine(0.1)' },
  ];
  const { conclusions, trials: results } = await compare(regression(), data, { ...few, trials, repeats: 2 });
  expect(conclusions).toContain(
    'Not compared as they are meant, because the schedule is longer or shorter than the training: one-cycle(0.1, steps=1000).',
  );
  expect(results.map(({ notes }) => misfit(notes).length)).toEqual([0, 1, 0]);
});
