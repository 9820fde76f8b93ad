import { useBackend } from '@lrfind/backends';
import { SweepResult } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../src/compare.js';
import { findLearningRate } from '../src/find.js';
import type { TryEvent } from '../src/options.js';
import { train } from '../src/train.js';
import { bits, rejection } from './train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

/** A straight line in two units that learn at different speeds; gradient descent is stable below 2 / 25. */
const xs = Array.from({ length: 60 }, (_, i) => [Math.sin(i), 5 * Math.cos(1.7 * i)]);
const ys = xs.map(([a, b]) => [(a as number) + 2 * (b as number) + 0.5 * Math.sin(97 * (a as number))]);
const line = () =>
  sequential({ layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros', name: 'line' })] });
const options = { optimizer: 'sgd', loss: 'meanSquaredError', repeats: 2, steps: 60, batchSize: 16 } as const;

/** Three batches of 16 an epoch: 48 of 60 rows are trained on. */
const STEPS_PER_EPOCH = 3;

describe('for a schedule', () => {
  test('the answer is the peak that trainings along it favour, and the schedule is named with its length', async () => {
    const result = await findLearningRate(line(), { xs, ys }, { ...options, for: 'cosine', epochs: 100 });
    const { suggestion, verification, otherSchedules, options: stored } = result;
    expect(verification).toMatchObject({ schedule: 'cosine', length: 100, target: 100 * STEPS_PER_EPOCH });
    const peak = Number(verification?.learningRate.toPrecision(3));
    expect(suggestion).toMatchObject({ method: 'trainings', schedule: `cosine(${peak}, steps=300)` });
    expect(suggestion?.learningRate).toBe(verification?.learningRate);
    expect(otherSchedules).toBeUndefined();
    expect(stored).toMatchObject({ for: ['cosine'], epochs: 100 });
    expect(Value.Check(SweepResult, JSON.parse(JSON.stringify(result)))).toBe(true);
  });

  // The prediction is the bias, whose gradient is −1 as long as it is below the target. So the loss that is left is the distance
  // less the sum of the rates of all steps, which a formula of the schedule gives.
  test.each<[string, (share: number) => number]>([
    ['constant', () => 1],
    ['cosine', (share) => (1 + Math.cos(Math.PI * share)) / 2],
    ['exponential(steps=1000, factor=0.1)', (share) => 0.1 ** share],
    ['cosine(warmup=500)', (share) => (share < 0.5 ? 2 * share : (1 + Math.cos(2 * Math.PI * (share - 0.5))) / 2)],
    ['tanh(lower=-2, upper=2)', (share) => (1 - Math.tanh(-2 * (1 - share) + 2 * share)) / 2],
  ])('each training along %s takes all of it in its own number of steps, from the tried peak', async (text, rateAt) => {
    const DISTANCE = 50;
    const bias = () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1], name: 'bias' })] });
    const data = { xs: xs.map(() => [0]), ys: xs.map(() => [DISTANCE]) };
    const given = { ...options, loss: 'meanAbsoluteError', for: text, trainingSteps: 1000 } as const;
    const { verification } = await findLearningRate(bias(), data, given);
    const ends = (verification?.tried ?? []).flatMap(({ rate, trainings }) =>
      trainings.flatMap(({ evaluations }) =>
        evaluations.map(({ step, validation }) => ({ rate, step, loss: validation?.loss })),
      ),
    );
    const sums = ends.map(({ rate, step, loss }) => {
      const sum = Array.from({ length: step }, (_, t) => rate * rateAt(t / step)).reduce((a, b) => a + b, 0);
      return { sum, left: DISTANCE - (loss ?? Number.NaN) };
    });
    const below = sums.filter(({ sum }) => sum < DISTANCE);
    expect(below.length).toBeGreaterThan(3);
    for (const { sum, left } of below) expect(left / sum).toBeCloseTo(1, 3);
  });

  test('several are ranked after as many steps, the best is the answer, and the events say which is tried', async () => {
    const events: TryEvent[] = [];
    const result = await findLearningRate(
      line(),
      { xs, ys },
      { ...options, for: ['constant', 'cosine', 'one-cycle'], epochs: 50, onTry: (event) => events.push(event) },
    );
    const { verification, otherSchedules = [], environment, sweeps } = result;
    const all = verification ? [verification, ...otherSchedules] : [];
    expect(all.map(({ schedule }) => schedule).toSorted()).toEqual(['constant', 'cosine', 'one-cycle']);
    expect(all.map(({ loss }) => loss)).toEqual(all.map(({ loss }) => loss).toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    for (const { loss, length, tried, target } of all) {
      expect([length, target]).toEqual([100, 150]);
      const means = tried
        .filter(({ trainings }) => trainings.length === 3 && trainings.every(({ outcome }) => outcome === 'finished'))
        .map(
          ({ trainings }) =>
            trainings.reduce((sum, { evaluations }) => sum + (evaluations.at(-1)?.validation?.loss ?? Number.NaN), 0) /
            3,
        );
      expect(loss).toBeCloseTo(Math.min(...means), 9);
    }
    for (const { behind, loss } of otherSchedules)
      expect(behind.difference).toBeCloseTo((loss ?? Number.NaN) - (verification?.loss ?? Number.NaN), 9);
    expect(new Set(events.map(({ schedule }) => schedule))).toEqual(new Set(['constant', 'cosine', 'one-cycle']));
    expect(environment.msPerStep * (all.reduce((sum, { steps }) => sum + steps, 0) + sweeps.length)).toBeGreaterThan(0);
    expect(Value.Check(SweepResult, JSON.parse(JSON.stringify(result)))).toBe(true);
  });

  test('constant rates are those of verify', async () => {
    const verified = await findLearningRate(line(), { xs, ys }, { ...options, verify: true, epochs: 5 });
    const named = await findLearningRate(line(), { xs, ys }, { ...options, for: 'constant', epochs: 5 });
    expect(named.suggestion?.schedule).toBe(String(Number(named.suggestion?.learningRate.toPrecision(3))));
    // TensorFlow may fuse the step after some time, which changes the last bits.
    expect(named.verification?.learningRate).toBe(verified.verification?.learningRate);
  });

  test('the model, its weights, the random numbers and the tensors are as they were', async () => {
    const model = line();
    await findLearningRate(model, { xs, ys }, { ...options, for: 'one-cycle', epochs: 5 });
    const [before, tensors, random] = [bits(model), tf.memory().numTensors, Math.random];
    await findLearningRate(model, { xs, ys }, { ...options, for: ['cosine', 'constant'], epochs: 5 });
    expect(bits(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(Math.random).toBe(random);
  });

  test('an abort ends it, and the model is as it was', async () => {
    const model = line();
    const before = bits(model);
    const controller = new AbortController();
    const onTry = () => controller.abort(new Error('enough'));
    const { signal } = controller;
    const refused = await rejection(
      findLearningRate(model, { xs, ys }, { ...options, for: 'cosine', epochs: 5, signal, onTry }),
    );
    expect(refused.message).toBe('enough');
    expect(bits(model)).toBe(before);
  });

  test('without an answer there is nothing to try', async () => {
    const flat = { xs: xs.map(() => [0, 0]), ys: ys.map(() => [0]) };
    const result = await findLearningRate(line(), flat, { ...options, for: ['cosine', 'tanh'], epochs: 5 });
    expect(result).toMatchObject({ suggestion: null, verification: null });
    expect(result.otherSchedules).toBeUndefined();
  });

  test.each<[object, RegExp]>([
    [{ for: 'cosine' }, /^epochs or trainingSteps must be given where for is cosine/],
    [{ for: 'cosin', epochs: 5 }, /did you mean cosine\?$/],
    [{ for: 'exponential', epochs: 5 }, /such as exponential\(factor=0\.1\)/],
    [{ for: 'cosine(0.1)', epochs: 5 }, /the rate is to be found/],
    [{ for: [], epochs: 5 }, /^for must be at least one schedule/],
    [{ for: 7, epochs: 5 }, /^for must be .*; got 7$/],
    [{ for: ['cosine', 3], epochs: 5 }, /^for must be /],
    [{ for: null, epochs: 5 }, /^for must be .*; got null$/],
    [{ for: 'cosine', epochs: 5, verify: false }, /^verify must not be off where for is given/],
    [
      { for: 'cosine', epochs: 5, trainingSteps: 3 },
      /^epochs must be left out where trainingSteps is given; got 5 and 3$/,
    ],
    [{ for: 'cosine', trainingSteps: 0 }, /^trainingSteps must be a whole number at least 1/],
    [{ for: 'cosine(warmup=100)', trainingSteps: 50 }, /leave -50 steps/],
  ])('%j is refused before anything is trained', async (given, message) => {
    let steps = 0;
    const onStep = () => steps++;
    const refused = await rejection(findLearningRate(line(), { xs, ys }, { ...options, ...given, onStep } as never));
    expect(refused).toMatchObject({ name: 'InputError', message: expect.stringMatching(message) });
    expect(steps).toBe(0);
  });
});

describe('a training along a schedule whose peak is to be found', () => {
  const settings = { optimizer: 'sgd', loss: 'meanSquaredError', epochs: 4, batchSize: 16 } as const;

  test('has the peak in its recipe, over its own length', async () => {
    const { recipe, options: stored } = await train(line(), { xs, ys }, { ...settings, learningRate: 'cosine(find)' });
    const peak = Number(recipe.suggestion?.learningRate.toPrecision(3));
    expect(recipe.learningRate).toBe(`cosine(${peak}, steps=${4 * STEPS_PER_EPOCH})`);
    expect(stored.learningRate).toBe('cosine(find)');
    expect(recipe.suggestion?.low).toBeLessThan(recipe.suggestion?.high ?? 0);
  });

  test('does not look at the rows that judge it', async () => {
    const validation = { xs: xs.slice(0, 10), ys: ys.slice(0, 10) };
    const other = { xs: validation.xs, ys: validation.ys.map(() => [1e3]) };
    const data = { xs: xs.slice(10), ys: ys.slice(10) };
    const peaks = [];
    for (const rows of [validation, other]) {
      const given = { ...settings, validationSplit: undefined, learningRate: 'cosine(find)', validation: rows };
      peaks.push((await train(line(), data, given)).recipe.learningRate);
    }
    expect(peaks[0]).toBe(peaks[1]);
  });

  test('is another trial than one at the found rate, and the journal keeps what was found', async () => {
    const entries: unknown[] = [];
    const journal = { open: async () => entries as never[], add: async (entry: unknown) => void entries.push(entry) };
    const given = {
      ...settings,
      repeats: 1,
      trials: [{ learningRate: 'find' }, { learningRate: 'cosine(find)' }],
      journal,
    };
    const first = await compare(line(), { xs, ys }, given);
    expect(first.trials.map(({ name }) => name)).toEqual(['found rate', 'cosine(find)']);
    expect(first.trials[1]?.recipe.learningRate).toMatch(/^cosine\(.*, steps=12\)$/);
    expect(entries.filter((each) => (each as { kind: string }).kind === 'suggested')).toHaveLength(2);
    const again = await compare(line(), { xs, ys }, given);
    expect(again.trials.map(({ recipe }) => recipe)).toEqual(first.trials.map(({ recipe }) => recipe));
  });

  test.each([
    ['cosin(find)', /schedule must be (a schedule with one rate|one of)/],
    ['warmup(find)', /which no single rate scales/],
    ['exponential(find)', /exponential\.factor must be given/],
    ['cosine(find, warmup=100)', /leave -88 steps/],
  ])('%s is refused', async (learningRate, message) => {
    const refused = await rejection(train(line(), { xs, ys }, { ...settings, learningRate }));
    expect(refused).toMatchObject({ name: 'InputError', message: expect.stringMatching(message) });
  });

  test('a callback that sets the rate is refused beside it', async () => {
    const trials = [
      { learningRate: 'cosine(find)', callbacks: 'reduce-lr-on-plateau(patience=1)' },
      { learningRate: 0.01 },
    ];
    const refused = await rejection(compare(line(), { xs, ys }, { ...settings, trials }));
    expect(refused.message).toMatch(
      /sets the learning rate, so that of trials\[0\] must be a number or find; got cosine\(find\)/,
    );
  });
});
