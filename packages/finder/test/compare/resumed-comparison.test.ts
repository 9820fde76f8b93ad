import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type CompareOptions, compare } from '../../src/compare.js';
import type { Comparison } from '@lrfind/core/results';
import * as sweeps from '../../src/find.js';
import type { JournalEntry } from '@lrfind/core/study';
import { journalFile } from 'lrfind';
import * as trainings from '../../src/engine/training-loop.js';
import { backend, exact } from '../backend.js';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { bits, drawn, heights, points, regression, rejection } from '../train/small-trainings.js';
import { lasting } from './lasting.js';
import { untimed } from './untimed.js';

beforeAll(() => useBackend(backend));

const { folder } = temporaryFiles();
let files = 0;
const fresh = () => join(folder, `comparison-${files++}.jsonl`);
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
  seeds: 2,
  loss: 'mse',
  optimizer: 'adam',
  runs: [
    { name: 'steady', learningRate: 0.02 },
    { name: 'one cycle', learningRate: 'one-cycle(0.1, steps=16)' },
    { name: 'slow', learningRate: 1e-6, batchSize: 8 },
    { name: 'lost', learningRate: 1e20, optimizer: 'sgd' },
  ],
};

/** What a comparison runs of trainings and sweeps. */
async function watched<Result>(action: () => Promise<Result>) {
  const [run, find] = [vi.spyOn(trainings, 'runTraining'), vi.spyOn(sweeps, 'findLearningRate')];
  const result = await action();
  const calls = { trainings: run.mock.calls.length, sweeps: find.mock.calls.length };
  run.mockRestore();
  find.mockRestore();
  return { result, ...calls };
}

/** A comparison that is aborted once so many trainings, or parts of them, are noted. */
async function cutOff(path: string, after: number, options: Partial<CompareOptions>, of: LayersModel = model()) {
  const journal = journalFile(path, { resume: false });
  const controller = new AbortController();
  let noted = 0;
  const counting = {
    open: journal.open,
    async add(entry: JournalEntry) {
      await journal.add(entry);
      noted += entry.kind === 'trained' ? 1 : 0;
      if (noted === after) controller.abort(new Error('cut off'));
    },
  };
  const running = compare(of, data, { ...lasting(few, options), journal: counting, signal: controller.signal });
  expect((await rejection(running)).message).toBe('cut off');
}

const resumed = (path: string, options: Partial<CompareOptions> = {}) =>
  compare(model(), data, { ...lasting(few, options), journal: journalFile(path, { resume: true }) });

const times = ({ runs }: Comparison) =>
  runs.flatMap(({ trainings }) => trainings.flatMap(({ points }) => points.map(({ seconds }) => seconds)));

describe.each<[string, Partial<CompareOptions>, number]>([
  ['plain', {}, 8],
  ['with drawn weights, by steps', { steps: 30, initialWeights: 'drawn' }, 8],
  // Two parts for those that go on, one for those given up; what diverges ends at once.
  ['with halving', { halving: true }, 8 + 4],
  ['with a rate to be found', { runs: [...few.runs, { name: 'found', learningRate: 'find' }] }, 10],
])('a comparison that was cut off, %s,', (_, options, parts) => {
  test('comes to the same document, and repeats nothing', async () => {
    const all = await watched(() => compare(model(), data, { ...lasting(few, options) }));
    expect(all.trainings).toBe(parts);
    for (const after of [2, parts - 1]) {
      const path = fresh();
      await cutOff(path, after, options);
      const told: unknown[] = [];
      const onPoint = ({ run, seed, point }: { run: string; seed: number; point: { step: number } }) =>
        told.push([run, seed, point.step]);
      const before = tf.memory().numTensors;
      const own = model();
      const held = tf.memory().numTensors - before;
      own.dispose();
      const again = await watched(() => resumed(path, { ...options, onPoint }));
      expect(tf.memory().numTensors).toBe(before + held);
      if (exact) expect(untimed(again.result)).toEqual(untimed(all.result));
      expect(again.trainings).toBe(parts - after);
      expect(again.sweeps).toBe(0);
      // What was done earlier is told as well, so that a bar of progress shows it.
      const measured = all.result.runs.flatMap(({ trainings }) => trainings.flatMap(({ points }) => points));
      expect(told).toHaveLength(measured.length);
    }
  });

  test('that had come to its end trains nothing at all', async () => {
    const path = fresh();
    const journal = journalFile(path, { resume: false });
    const all = await compare(model(), data, { ...lasting(few, options), journal });
    const again = await watched(() => resumed(path, options));
    expect(untimed(again.result)).toEqual(untimed(all));
    expect(times(again.result)).toEqual(times(all));
    expect([again.trainings, again.sweeps]).toEqual([0, 0]);
    await journal.remove();
    expect(existsSync(path)).toBe(false);
  });
});

test('a sweep is noted, so that one that was cut off behind it is not run again', async () => {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  const runs = [{ learningRate: 'find' as const }, { learningRate: 'find' as const, optimizer: 'sgd' }];
  const controller = new AbortController();
  const once = {
    open: journal.open,
    async add(entry: JournalEntry) {
      await journal.add(entry);
      controller.abort(new Error('cut off'));
    },
  };
  await rejection(compare(model(), data, { ...few, runs, journal: once, signal: controller.signal }));
  const all = await watched(() => compare(model(), data, { ...few, runs }));
  const again = await watched(() => resumed(path, { runs }));
  expect([all.sweeps, again.sweeps]).toEqual([2, 1]);
  if (exact) expect(untimed(again.result)).toEqual(untimed(all.result));
});

test('runs with one optimizer and batch size share a sweep, which is noted once', async () => {
  const noted: JournalEntry[] = [];
  const journal = { open: async () => [], add: async (entry: JournalEntry) => void noted.push(entry) };
  const runs = ['a', 'b'].map((name) => ({ name, learningRate: 'find' as const }));
  const { sweeps } = await watched(() => compare(model(), data, { ...few, runs, journal, epochs: 1 }));
  expect(sweeps).toBe(1);
  expect(noted.map(({ kind }) => kind)).toEqual(['found', 'trained', 'trained', 'trained', 'trained']);
});

test('no file is left when nothing was trained', async () => {
  const path = fresh();
  const onPoint = () => {
    throw new Error('cut off');
  };
  const running = compare(model(), data, { ...few, onPoint, journal: journalFile(path, { resume: false }) });
  expect((await rejection(running)).message).toBe('cut off');
  expect(existsSync(path)).toBe(false);
});

describe('another comparison is refused, with the difference', () => {
  const path = () => join(folder, 'other.jsonl');
  beforeAll(async () => {
    if (!existsSync(path())) await cutOff(path(), 1, {});
  });
  const [, ...others] = few.runs;
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['epochs', () => resumed(path(), { epochs: 5 }), /settings\.epochs was 4 and is 5/],
    ['the seed', () => resumed(path(), { seed: 1 }), /settings\.seed was 0 and is 1/],
    ['halving', () => resumed(path(), { halving: true }), /settings\.halving was false and is true/],
    ['drawn weights', () => resumed(path(), { initialWeights: 'drawn' }), /initialWeights was "given" and is "drawn"/],
    [
      'the loss',
      () => resumed(path(), { loss: 'mae' }),
      /models\.0\.loss was "meanSquaredError" and is "meanAbsoluteError"/,
    ],
    ['metrics', () => resumed(path(), { metrics: ['mse'] }), /models\.0\.metrics\.0 was "meanAbsoluteError"/],
    [
      'a rate',
      () => resumed(path(), { runs: [{ name: 'steady', learningRate: 0.03 }, ...others] }),
      /runs\.0\.learningRate was "0.02" and is "0.03"/,
    ],
    [
      'an optimizer',
      () => resumed(path(), { optimizer: { name: 'adam', beta1: 0.8 } }),
      /runs\.0\.optimizer\.beta1 was 0.9 and is 0.8/,
    ],
    ['a run more', () => resumed(path(), { runs: [...few.runs, { learningRate: 1 }] }), /runs\.4 was missing and is/],
    [
      'other rows',
      () =>
        compare(
          model(),
          { xs, ys: data.ys.map((y) => y + 1) },
          { ...few, journal: journalFile(path(), { resume: true }) },
        ),
      /models\.0\.rows was \d+ and is \d+/,
    ],
    [
      'other weights',
      () => compare(changed(), data, { ...few, journal: journalFile(path(), { resume: true }) }),
      /models\.0\.weights was \d+ and is \d+/,
    ],
    [
      'another model',
      () => compare(regression(), data, { ...few, journal: journalFile(path(), { resume: true }) }),
      /models\.0\.name was "resumed" and is/,
    ],
    [
      'validation rows',
      () => resumed(path(), { validation: { xs: points(9), ys: heights(points(9)) } }),
      /models\.0\.\w+ was/,
    ],
  ])('%s', async (_, run, message) => {
    const error = await rejection(run());
    expect(error.message).toMatch(/is of another comparison: .*; take the same options, or delete the file$/);
    expect(error.message).toMatch(message);
  });

  function changed(): LayersModel {
    const made = model();
    made.setWeights(made.getWeights().map((weight) => tf.mul(weight, 2)));
    expect(bits(made)).not.toBe(bits(model()));
    return made;
  }
});
