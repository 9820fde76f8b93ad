import { useBackend } from '@lrfind/backends';
import { splitDataset } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as deviceDatasets from '../../src/engine/device-dataset.js';
import * as searches from '../../src/engine/search.js';
import * as sessions from '../../src/engine/session.js';
import { toDataset } from '../../src/engine/to-dataset.js';
import { findLearningRate } from '../../src/find.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { train } from '../../src/train.js';
import { backend, exact } from '../backend.js';
import { bits, heights, noisy, points, regression } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const stepOptions = { rescaleVelocity: false, calls: 10 };
const adam = resolveOptimizer('adam');
const open = (model: LayersModel, options: Partial<sessions.SessionOptions> = {}) =>
  sessions.openSession(model, data, { loss: 'mse', seed: 0, initialWeights: 'given', ...options });

/** Takes a few steps; the losses. */
function steps(step: ReturnType<sessions.Session['step']>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const measured = step.train(Int32Array.of(i, i + 1, i + 2, i + 3), 0.05);
    const [loss] = measured.dataSync();
    measured.dispose();
    return loss as number;
  });
}

describe.each(['given', 'drawn'] as const)('a session with %s weights', (initialWeights) => {
  test('is reset to the same bits by equal seeds, whatever was trained in between', async () => {
    const model = noisy(0.3);
    const session = await open(model, { initialWeights });
    const step = session.step(adam, stepOptions);
    const seen: { start: number; losses: number[]; end: number }[] = [];
    for (const seed of [3, 4, 3]) {
      await session.reset(seed);
      step.reset(seed);
      const start = bits(model);
      seen.push({ start, losses: steps(step, 5), end: bits(model) });
    }
    const [first, other, again] = seen as [(typeof seen)[0], (typeof seen)[0], (typeof seen)[0]];
    expect(again.start).toBe(first.start);
    if (exact) expect(again).toEqual(first);
    expect(first.end).not.toBe(first.start);
    // Given weights are the same for all seeds; dropout is not.
    expect(other.start === first.start).toBe(initialWeights === 'given');
    expect(other.losses).not.toEqual(first.losses);
    await session.restore();
  });

  test('puts the model back bit for bit, or keeps what was trained', async () => {
    for (const end of ['restore', 'commit'] as const) {
      const model = noisy(0.3);
      const before = bits(model);
      const session = await open(model, { initialWeights });
      await session.reset(1);
      steps(session.step(adam, stepOptions), 3);
      const trained = bits(model);
      await session[end]();
      expect(bits(model)).toBe(end === 'restore' ? before : trained);
      expect(trained).not.toBe(before);
    }
  });

  test('frees its steps and all tensors at its end', async () => {
    for (const end of ['restore', 'commit'] as const) {
      const model = noisy(0.3);
      const tensors = tf.memory().numTensors;
      const session = await open(model, { initialWeights });
      for (const name of ['adam', 'sgd', 'adadelta']) {
        await session.reset(1);
        const step = session.step(resolveOptimizer(name), stepOptions);
        steps(step, 3);
        await session.evaluate(step, session.data.heldOut.length > 0 ? session.data.heldOut : Int32Array.of(0, 1));
        await step.save();
      }
      expect(tf.memory().numTensors).toBeGreaterThan(tensors);
      await session[end]();
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });
});

test('a session without a step has nothing on the device but copies of the weights', async () => {
  const model = noisy(0.3);
  const tensors = tf.memory().numTensors;
  const session = await open(model);
  expect(tf.memory().numTensors).toBe(tensors + model.weights.length);
  await session.restore();
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a step may be disposed twice, and by the session again; other steps and the data stay', async () => {
  const model = regression();
  const tensors = tf.memory().numTensors;
  const session = await open(model);
  const [one, other] = [session.step(adam, stepOptions), session.step(resolveOptimizer('sgd'), stepOptions)];
  steps(one, 3);
  one.dispose();
  const left = tf.memory().numTensors;
  one.dispose();
  expect(tf.memory().numTensors).toBe(left);
  expect(steps(other, 3).every(Number.isFinite)).toBe(true);
  await session.restore();
  expect(tf.memory().numTensors).toBe(tensors);
});

test('rows are split by the seed, and test rows are in no other part', async () => {
  const session = await open(regression(), {
    validationSplit: 0.25,
    test: { xs: points(7, 90), ys: heights(points(7, 90)) },
  });
  const { train: training, heldOut, test: tested, dataset } = session.data;
  expect([training.length, heldOut.length, tested.length, dataset.rows]).toEqual([30, 10, 7, 47]);
  expect([...new Set([...training, ...heldOut, ...tested])]).toHaveLength(47);
  await session.restore();
});

test('the setup and the environment are those of a result', async () => {
  const model = regression();
  const session = await open(model, { validationSplit: 0.25 });
  session.step(adam, stepOptions);
  expect(session.setup(['optimizer: own'])).toMatchObject({
    model: model.name,
    parameters: 17,
    weights: 'given',
    loss: 'meanSquaredError',
    metrics: ['meanAbsoluteError'],
    rows: 30,
    validationRows: 10,
    notes: ['optimizer: own'],
  });
  const environment = session.environment(new Date(0), 3, 6);
  expect(environment).toMatchObject({ backend, node: process.version, started: '1970-01-01T00:00:00.000Z' });
  expect([environment.seconds, environment.msPerStep]).toEqual([3, 500]);
  expect(session.environment(new Date(0), 3, 0).msPerStep).toBe(0);
  await session.restore();
});

describe.each(['given', 'drawn'] as const)('train with a rate to be found, with %s weights,', (initialWeights) => {
  const many = points(200);
  const rows = { xs: many, ys: heights(many) };
  const rates = { optimizer: 'sgd', loss: 'mse', batchSize: 16, seed: 2, initialWeights };

  test('opens one session, uploads the rows once, and searches as findLearningRate does on the training rows', async () => {
    const spies = [
      vi.spyOn(sessions, 'openSession'),
      vi.spyOn(deviceDatasets, 'uploadDataset'),
      vi.spyOn(searches, 'search'),
    ] as const;
    const [opened, uploaded, search] = spies;
    const validation = { xs: points(20, 300), ys: heights(points(20, 300)) };
    const options = { ...rates, learningRate: 'find', epochs: 2, validation, test: validation } as const;
    const { recipe } = await train(noisy(0.3), rows, options);
    expect([opened, uploaded, search].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
    const { sweeps } = await (search.mock.results[0] as { value: ReturnType<typeof searches.search> }).value;
    for (const spy of spies) spy.mockRestore();
    const found = await findLearningRate(noisy(0.3), rows, rates);
    const { learningRate, low, high, verdict } = found.suggestion ?? {};
    // The rate itself comes from trials around that of the sweeps.
    if (exact) expect(sweeps).toEqual(found.sweeps);
    expect([low, high, verdict]).not.toContain(undefined);
    expect(Math.abs(Math.log10((recipe.suggestion?.learningRate as number) / (learningRate as number)))).toBeLessThan(
      2,
    );
    expect(Object.keys(recipe.suggestion ?? {})).toEqual(['learningRate', 'low', 'high', 'verdict']);
    expect(recipe.rates[0]?.rate).toBe(Number(recipe.suggestion?.learningRate.toPrecision(3)));
  });

  test('never searches on validation rows', async () => {
    const search = vi.spyOn(searches, 'search');
    const share = 0.25;
    await train(noisy(0.3), rows, { ...rates, learningRate: 'find', epochs: 1, validationSplit: share });
    const { sweeps } = await (search.mock.results[0] as { value: ReturnType<typeof searches.search> }).value;
    search.mockRestore();
    const model = noisy(0.3);
    const split = splitDataset(await toDataset(rows, model), {
      validation: undefined,
      test: undefined,
      validationSplit: share,
      seed: rates.seed,
    });
    const training = {
      xs: [...split.train].map((row) => many[row] as number[]),
      ys: [...split.train].map((row) => rows.ys[row] as number),
    };
    const found = await findLearningRate(model, training, rates);
    if (exact) expect(sweeps).toEqual(found.sweeps);
    else expect(sweeps.map(({ points }) => points.length)).toEqual(found.sweeps.map(({ points }) => points.length));
  });

  test('trains the found rate from the same start as a given one', async () => {
    const model = noisy(0.3);
    const { recipe, training } = await train(model, rows, { ...rates, learningRate: 'find', epochs: 2 });
    const twin = noisy(0.3);
    const given = await train(twin, rows, { ...rates, learningRate: Number(recipe.learningRate), epochs: 2 });
    expect(training.start?.loss).toBeCloseTo(given.training.start?.loss as number, 5);
    if (exact) {
      const untimed = ({ evaluations }: typeof training) => evaluations.map((each) => ({ ...each, seconds: 0 }));
      expect(untimed(training)).toEqual(untimed(given.training));
      expect(bits(model)).toBe(bits(twin));
    }
  });
});
