import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../src/find.js';
import { backend } from './backend.js';
import { bits, rejection } from './train/small-trainings.js';

beforeAll(() => useBackend(backend));

/** A straight line in two units that learn at different speeds; gradient descent is stable below 2 / 25. */
const xs = Array.from({ length: 60 }, (_, i) => [Math.sin(i), 5 * Math.cos(1.7 * i)]);
const ys = xs.map(([a, b]) => [(a as number) + 2 * (b as number)]);
const line = () =>
  sequential({ layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros', name: 'line' })] });
const options = {
  optimizer: 'sgd',
  loss: 'meanSquaredError',
  repeats: 2,
  steps: 60,
  batchSize: 16,
  verify: true,
} as const;

describe('with verify', () => {
  test('the rate is the one that trainings favour, and the plain answer stands beside it', async () => {
    const {
      suggestion,
      verification,
      setup,
      options: stored,
      environment,
    } = await findLearningRate(line(), { xs, ys }, options);
    expect(verification?.plain).toBeGreaterThan(0);
    expect(suggestion).toMatchObject({ learningRate: verification?.learningRate, method: 'trainings' });
    expect(verification?.tried.map(({ rate }) => rate)).toEqual(
      verification?.tried.map(({ rate }) => rate).toSorted((a, b) => a - b),
    );
    const { lower, higher, best } = verification?.sensitivity ?? {};
    for (const side of [lower, higher].filter((each) => each != null)) {
      expect(Math.abs(Math.log10(side.rate / (best as number)))).toBeCloseTo(side.decades, 6);
      expect(side.share).toBeGreaterThanOrEqual(0);
      expect(side.share).toBeLessThanOrEqual(1);
    }
    expect(lower ?? higher).toBeDefined();
    expect(setup).toMatchObject({ validationRows: 12, rows: 48 });
    // As it was given: rows that are held out to try the answer follow from that.
    expect(stored.validationSplit).toBe(0);
    expect(environment.seconds).toBeGreaterThanOrEqual(verification?.seconds ?? Number.NaN);
    const steps = verification?.tried.flatMap(({ trainings }) =>
      trainings.map(({ evaluations, divergedAt }) => divergedAt ?? evaluations.at(-1)?.step ?? 0),
    );
    expect(verification?.steps).toBe(steps?.reduce((sum, each) => sum + each, 0));
  });

  test('equal calls give equal results, and the model and the tensors are as they were', async () => {
    const model = line();
    const before = bits(model);
    const tensors = tf.memory().numTensors;
    const rates = [];
    for (let i = 0; i < 2; i++) {
      const { verification } = await findLearningRate(model, { xs, ys }, options);
      rates.push(
        verification?.tried.map(({ rate, trainings }) => [
          rate,
          trainings.map(({ evaluations }) => evaluations.map(({ validation }) => validation)),
        ]),
      );
    }
    // TensorFlow may fuse the step after some time, which changes the last bits.
    if (backend === 'wasm') expect(rates[0]).toEqual(rates[1]);
    expect(bits(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('trainings are no longer than the one that the rate is for', async () => {
    const { verification } = await findLearningRate(line(), { xs, ys }, { ...options, epochs: 2 });
    expect(verification?.length).toBe(6);
    expect(
      Math.max(
        ...(verification?.tried ?? []).flatMap(({ trainings }) =>
          trainings.flatMap(({ evaluations }) => evaluations.map(({ step }) => step)),
        ),
      ),
    ).toBe(6);
  });

  test('without an answer there is nothing to try', async () => {
    const flat = await findLearningRate(line(), { xs: xs.map(() => [0, 0]), ys: ys.map(() => [0]) }, options);
    expect(flat).toMatchObject({ suggestion: null, verification: null });
    expect(flat.reason).toMatch(/flat/);
  });

  test('an abort ends it, and the model is as it was', async () => {
    const model = line();
    const before = bits(model);
    const controller = new AbortController();
    let steps = 0;
    const refused = rejection(
      findLearningRate(
        model,
        { xs, ys },
        {
          ...options,
          signal: controller.signal,
          onTry({ rate, step, length }) {
            expect(rate).toBeGreaterThan(0);
            expect(step).toBeLessThanOrEqual(length);
            steps = step;
            controller.abort(new Error('enough'));
          },
        },
      ),
    );
    expect((await refused).message).toBe('enough');
    expect(steps).toBeGreaterThan(0);
    expect(bits(model)).toBe(before);
  });
});

test('without verify no rows are held out and nothing is tried', async () => {
  const { verification, setup } = await findLearningRate(line(), { xs, ys }, { ...options, verify: false });
  expect(verification).toBeUndefined();
  expect(setup).toMatchObject({ validationRows: 0, rows: 60 });
});
