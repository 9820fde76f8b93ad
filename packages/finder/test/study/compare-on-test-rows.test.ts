import { useBackend } from '@lrfind/backends';
import type { JournalEntry } from '@lrfind/core/study';
import { testMeasures } from '@lrfind/core/study';
import { memory } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compare, train } from '../../src/index.js';

let model: LayersModel;
beforeAll(async () => {
  await useBackend('wasm');
  model = sequential({
    layers: [layers.dense({ units: 4, activation: 'tanh', inputShape: [2] }), layers.dense({ units: 1 })],
  });
});
afterAll(() => model.dispose());

const rows = (count: number, from: number) => ({
  xs: Array.from({ length: count }, (_, i) => [Math.sin(from + i), Math.cos(3 * (from + i))]),
  ys: Array.from({ length: count }, (_, i) => [Math.sin(from + i) - 0.5 * Math.cos(3 * (from + i))]),
});
const data = rows(60, 0);
const [validation, tested] = [rows(20, 100), rows(15, 200)];
const own = { loss: 'meanSquaredError', batchSize: 10, initialWeights: 'drawn', validation, seed: 3 } as const;
const options = { ...own, trials: [{ learningRate: 0.05 }, { learningRate: 0.001 }], epochs: 4, repeats: 2 };

test('each training is tested once at its end, with the numbers that train has for the same training', async () => {
  const before = memory().numTensors;
  const result = await compare(model, data, { ...options, test: tested });
  expect(memory().numTensors).toBe(before);
  expect(result.setup.tested).toBe(15);
  const alone = await train(model, data, { ...own, learningRate: 0.05, epochs: 4, test: tested });
  expect(result.trials[0]?.trainings[0]?.test?.loss).toBeCloseTo(alone.test?.loss as number, 5);
  expect(result.trials[0]?.trainings[0]?.test?.metrics).toHaveProperty('meanAbsoluteError');
  const [first, second] = (result.trials[0]?.trainings ?? []).map((training) => training.test?.loss as number);
  expect(testMeasures(result.trials[0] as never)?.loss).toBeCloseTo(((first as number) + (second as number)) / 2, 12);
});

test('test rows change no other number: trainings and ranking are as without them', async () => {
  const without = await compare(model, data, options);
  const result = await compare(model, data, { ...options, test: tested });
  const bare = result.trials.map(({ trainings }) =>
    trainings.map(({ test: _, ...training }) => training.evaluations.map(({ seconds: __, ...each }) => each)),
  );
  expect(bare).toEqual(
    without.trials.map(({ trainings }) =>
      trainings.map(({ evaluations }) => evaluations.map(({ seconds: _, ...each }) => each)),
    ),
  );
  expect(result.ranking).toEqual(without.ranking);
  expect(without.setup.tested).toBeUndefined();
  expect(without.trials[0]?.trainings[0]).not.toHaveProperty('test');
});

test('a training that diverges or is pruned is not tested, and its trial has no mean', async () => {
  const trials = [{ learningRate: 0.05 }, { learningRate: 1e30, optimizer: 'sgd' }];
  const { trials: results } = await compare(model, data, { ...options, trials, test: tested });
  expect(results[1]?.trainings[0]?.outcome).toBe('diverged');
  expect(results[1]?.trainings[0]).not.toHaveProperty('test');
  expect(testMeasures(results[1] as never)).toBeNull();
  const many = [0.1, 0.05, 0.01, 0.001].map((learningRate) => ({ learningRate }));
  const halved = await compare(model, data, { ...options, trials: many, halving: true, test: tested });
  const all = halved.trials.flatMap(({ trainings }) => trainings);
  expect(all.some(({ outcome }) => outcome === 'pruned')).toBe(true);
  for (const { outcome, test: measures } of all) expect(measures === undefined).toBe(outcome === 'pruned');
});

test('a resumed comparison has the tests of the trainings that were done', async () => {
  const entries: JournalEntry[] = [];
  const journal = {
    open: async () => JSON.parse(JSON.stringify(entries)) as JournalEntry[],
    add: async (entry: JournalEntry) => {
      entries.push(entry);
    },
  };
  const whole = await compare(model, data, { ...options, test: tested, journal });
  entries.splice(2);
  const resumed = await compare(model, data, { ...options, test: tested, journal });
  const testsOf = ({ trials }: typeof whole) => trials.map(({ trainings }) => trainings.map(({ test: each }) => each));
  expect(testsOf(resumed)).toEqual(testsOf(whole));
});

test('other test rows for the same model are refused', async () => {
  const trials = [{ learningRate: 0.05 }, { learningRate: 0.01, test: rows(15, 300) }];
  await expect(compare(model, data, { ...options, trials, test: tested })).rejects.toThrow(
    /must have the same rows in all trials/,
  );
  await expect(compare(model, data, { ...options, test: 3 as never })).rejects.toThrow(/^test must be \{ xs, ys \}/);
});
