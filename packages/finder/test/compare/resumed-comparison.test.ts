import { useBackend } from '@lrfind/backends';
import type { Comparison } from '@lrfind/core/results';
import type { Journal, JournalEntry } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compare } from '../../src/compare.js';
import * as searches from '../../src/engine/search.js';
import * as trainingLoop from '../../src/engine/training-loop.js';
import type { CompareOptions, ComparisonEvent } from '../../src/options.js';
import { bits, drawn, heights, points, regression, rejection } from '../train/small-trainings.js';
import { lasting } from './lasting.js';
import { interruptedOnce, type MemoryJournal, memoryJournal } from './memory-journal.js';
import { untimed } from './untimed.js';

beforeAll(() => useBackend('wasm'));

const xs = points(80);
const data = { xs, ys: heights(xs) };
const model = () =>
  sequential({
    name: 'resumed',
    layers: [
      layers.dense({ name: 'a', units: 6, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }),
      layers.dropout({ name: 'b', rate: 0.2 }),
      layers.dense({ name: 'c', units: 1, kernelInitializer: drawn(2) }),
    ],
  });
const few = {
  epochs: 4,
  batchSize: 16,
  repeats: 2,
  loss: 'mse',
  optimizer: 'adam',
  trials: [
    { name: 'steady', learningRate: 0.02 },
    { name: 'one cycle', learningRate: 'one-cycle(0.1, steps=16)' },
    { name: 'slow', learningRate: 1e-6, batchSize: 8 },
    { name: 'lost', learningRate: 1e20, optimizer: 'sgd' },
  ],
};

/** How many trainings and searches a comparison runs. */
async function watched<Result>(action: () => Promise<Result>) {
  const [training, search] = [vi.spyOn(trainingLoop, 'runTraining'), vi.spyOn(searches, 'search')];
  const result = await action();
  const calls = { trainings: training.mock.calls.length, searches: search.mock.calls.length };
  training.mockRestore();
  search.mockRestore();
  return { result, ...calls };
}

/** Interrupts a comparison once the journal has a number of trainings, or parts of them. */
async function interrupted(after: number, options: Partial<CompareOptions>): Promise<MemoryJournal> {
  const journal = memoryJournal();
  const isDue = (lines: readonly string[]) =>
    lines.filter((line) => JSON.parse(line).kind === 'trained').length === after;
  const comparison = compare(model(), data, { ...lasting(few, options), ...interruptedOnce(journal, isDue) });
  expect((await rejection(comparison)).message).toBe('interrupted');
  return journal;
}

const resumed = (journal: Journal, options: Partial<CompareOptions> = {}) =>
  compare(model(), data, { ...lasting(few, options), journal });

const times = ({ trials }: Comparison) =>
  trials.flatMap(({ trainings }) => trainings.flatMap(({ evaluations }) => evaluations.map(({ seconds }) => seconds)));

describe.each<[string, Partial<CompareOptions>, number]>([
  ['plain', {}, 8],
  ['with drawn weights, by steps', { steps: 30, initialWeights: 'drawn' }, 8],
  // Two parts for those that continue, one for those that are dropped; what diverges ends at once.
  ['with halving', { halving: true }, 8 + 4],
  ['with a rate to be found', { trials: [...few.trials, { name: 'found', learningRate: 'find' }] }, 10],
])('a comparison that was interrupted, %s,', (_, options, parts) => {
  test('has the same result when it is resumed, and repeats nothing', async () => {
    const all = await watched(() => compare(model(), data, { ...lasting(few, options) }));
    // A search trains too, to try its answer, and the journal has only what it found.
    if (all.searches === 0) expect(all.trainings).toBe(parts);
    for (const after of [2, parts - 1]) {
      const journal = await interrupted(after, options);
      const events: unknown[] = [];
      const onEvaluation = ({ trial, seed, evaluation }: ComparisonEvent) =>
        events.push([trial, seed, evaluation.step]);
      const before = tf.memory().numTensors;
      const own = model();
      const held = tf.memory().numTensors - before;
      own.dispose();
      const again = await watched(() => resumed(journal, { ...options, onEvaluation }));
      expect(tf.memory().numTensors).toBe(before + held);
      expect(untimed(again.result)).toEqual(untimed(all.result));
      expect(again.trainings).toBe(parts - after);
      expect(again.searches).toBe(0);
      // Listeners get what was done earlier too, so that a progress bar shows it.
      const measured = all.result.trials.flatMap(({ trainings }) =>
        trainings.flatMap(({ evaluations }) => evaluations),
      );
      expect(events).toHaveLength(measured.length);
    }
  });

  test('trains nothing at all if it had come to its end', async () => {
    const journal = memoryJournal();
    const all = await compare(model(), data, { ...lasting(few, options), journal });
    const again = await watched(() => resumed(journal, options));
    expect(untimed(again.result)).toEqual(untimed(all));
    expect(times(again.result)).toEqual(times(all));
    expect([again.trainings, again.searches]).toEqual([0, 0]);
  });
});

test('the journal has a finished search, which is not repeated', async () => {
  const journal = memoryJournal();
  const trials = [{ learningRate: 'find' as const }, { learningRate: 'find' as const, optimizer: 'sgd' }];
  await rejection(compare(model(), data, { ...few, trials, ...interruptedOnce(journal, () => true) }));
  const all = await watched(() => compare(model(), data, { ...few, trials }));
  const again = await watched(() => resumed(journal, { trials }));
  expect([all.searches, again.searches]).toEqual([2, 1]);
  expect(untimed(again.result)).toEqual(untimed(all.result));
});

test('trials with one optimizer and batch size share a search, which the journal has once', async () => {
  const entries: JournalEntry[] = [];
  const journal = { open: async () => [], add: async (entry: JournalEntry) => void entries.push(entry) };
  const trials = ['a', 'b'].map((name) => ({ name, learningRate: 'find' as const }));
  const { searches: count } = await watched(() => compare(model(), data, { ...few, trials, journal, epochs: 1 }));
  expect(count).toBe(1);
  expect(entries.map(({ kind }) => kind)).toEqual(['suggested', 'trained', 'trained', 'trained', 'trained']);
});

test('nothing is added when nothing was trained', async () => {
  const journal = memoryJournal();
  const onEvaluation = () => {
    throw new Error('interrupted');
  };
  const comparison = compare(model(), data, { ...few, onEvaluation, journal });
  expect((await rejection(comparison)).message).toBe('interrupted');
  expect(journal.lines).toEqual([]);
});

describe('another comparison is refused, with the difference', () => {
  let journal: MemoryJournal;
  beforeAll(async () => {
    journal = await interrupted(1, {});
  });
  const [, ...others] = few.trials;
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['epochs', () => resumed(journal, { epochs: 5 }), /settings\.epochs was 4 and is 5/],
    ['the seed', () => resumed(journal, { seed: 1 }), /settings\.seed was 0 and is 1/],
    ['halving', () => resumed(journal, { halving: true }), /settings\.halving was false and is true/],
    ['drawn weights', () => resumed(journal, { initialWeights: 'drawn' }), /initialWeights was "given" and is "drawn"/],
    [
      'the loss',
      () => resumed(journal, { loss: 'mae' }),
      /models\.0\.loss was "meanSquaredError" and is "meanAbsoluteError"/,
    ],
    ['metrics', () => resumed(journal, { metrics: ['mse'] }), /models\.0\.metrics\.0 was "meanAbsoluteError"/],
    [
      'a rate',
      () => resumed(journal, { trials: [{ name: 'steady', learningRate: 0.03 }, ...others] }),
      /trials\.0\.learningRate was "0.02" and is "0.03"/,
    ],
    [
      'an optimizer',
      () => resumed(journal, { optimizer: { name: 'adam', beta1: 0.8 } }),
      /trials\.0\.optimizer\.beta1 was 0.9 and is 0.8/,
    ],
    [
      'one more trial',
      () => resumed(journal, { trials: [...few.trials, { learningRate: 1 }] }),
      /trials\.4 was missing and is/,
    ],
    [
      'other rows',
      () => compare(model(), { xs, ys: data.ys.map((y) => y + 1) }, { ...few, journal }),
      /models\.0\.rows was \d+ and is \d+/,
    ],
    ['other weights', () => compare(changed(), data, { ...few, journal }), /models\.0\.weights was \d+ and is \d+/],
    ['another model', () => compare(regression(), data, { ...few, journal }), /models\.0\.name was "resumed" and is/],
    [
      'validation rows',
      () => resumed(journal, { validation: { xs: points(9), ys: heights(points(9)) } }),
      /models\.0\.\w+ was/,
    ],
  ])('%s', async (_, attempt, message) => {
    const lines = [...journal.lines];
    const error = await rejection(attempt());
    expect(error.name).toBe('InputError');
    expect(error.message).toMatch(/^the journal must be of the same comparison; /);
    expect(error.message).toMatch(message);
    expect(journal.lines).toEqual(lines);
  });

  function changed(): LayersModel {
    const made = model();
    made.setWeights(made.getWeights().map((weight) => tf.mul(weight, 2)));
    expect(bits(made)).not.toBe(bits(model()));
    return made;
  }
});
