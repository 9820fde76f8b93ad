import { useBackend } from '@lrfind/backends';
import { SweepResult } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../src/find.js';
import { backend } from './backend.js';
import { bits, rejection } from './train/small-trainings.js';

beforeAll(() => useBackend(backend));

/** One number in, one out, all rows alike in size: every batch has the same critical rate. */
const xs = Array.from({ length: 64 }, (_, i) => [i % 2 ? 2 : -2]);
const ys = xs.map(([x]) => [3 * (x as number)]);
const unit = (more = {}) =>
  sequential({
    layers: [layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'zeros', ...more })],
  });
const options = {
  optimizer: 'sgd',
  loss: 'meanSquaredError',
  repeats: 3,
  steps: 60,
  batchSize: 8,
  seed: 5,
  diagnose: true,
} as const;

describe('with diagnose', () => {
  test('the critical rate of a quadratic is 2/λ: the loss 4(w − 3)² has λ = 8', async () => {
    const result = await findLearningRate(unit(), { xs, ys }, options);
    const { criticalRate } = result;
    for (const rate of [criticalRate?.rate, criticalRate?.low, criticalRate?.high]) expect(rate).toBeCloseTo(0.25, 4);
    expect(criticalRate?.reason).toBeNull();
    expect(criticalRate?.seeds.map(({ seed }) => seed)).toEqual([5, 6, 7]);
    for (const { passes } of criticalRate?.seeds ?? []) expect(passes).toBeLessThan(10);
    expect(new Ajv({ strict: false }).validate(SweepResult, result)).toBe(true);
    expect(result.options.diagnose).toBe(true);
  });

  test('everything else is as without, and the model and the tensors are as they were', async () => {
    const model = unit();
    const before = bits(model);
    const tensors = tf.memory().numTensors;
    const { criticalRate, environment: _, options: __, ...rest } = await findLearningRate(model, { xs, ys }, options);
    const plain = await findLearningRate(model, { xs, ys }, { ...options, diagnose: false });
    const { environment: ___, options: ____, ...others } = plain;
    expect(criticalRate).toBeDefined();
    expect(plain.criticalRate).toBeUndefined();
    expect(rest).toEqual(others);
    expect(bits(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('weights that a constraint holds back give a reason in place of a rate', async () => {
    const model = unit({ kernelInitializer: 'ones', kernelConstraint: constraints.maxNorm({ maxValue: 1.2 }) });
    const { criticalRate } = await findLearningRate(model, { xs, ys }, { ...options, initialWeights: 'given' });
    expect(criticalRate).toMatchObject({ rate: null, low: null, high: null });
    expect(criticalRate?.reason).toMatch(/does not grow in proportion|does not fall and rise again/);
  });

  test('a target that is already met has none', async () => {
    const { criticalRate } = await findLearningRate(unit(), { xs, ys: ys.map(() => [0]) }, options);
    expect(criticalRate).toMatchObject({ rate: null, reason: expect.stringContaining('does not fall') });
  });

  test('an abort during it rejects with the reason, and leaves the model as it was', async () => {
    const model = unit();
    const before = bits(model);
    const tensors = tf.memory().numTensors;
    // The last step of the last sweep ends it by divergence, so that nothing looks at the signal before the first measurement.
    const { sweeps } = await findLearningRate(model, { xs, ys }, { ...options, diagnose: false });
    const last = sweeps.at(-1)?.points.at(-1)?.step;
    expect(sweeps.at(-1)?.stopped).not.toBe('end');
    const controller = new AbortController();
    const onStep = ({ repeat, step }: { repeat: number; step: number }) => {
      if (repeat === 2 && step === last) controller.abort(new Error('enough'));
    };
    const search = findLearningRate(model, { xs, ys }, { ...options, onStep, signal: controller.signal });
    expect((await rejection(search)).message).toBe('enough');
    expect(bits(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('anything but true or false is refused', async () => {
    const { message } = await rejection(findLearningRate(unit(), { xs, ys }, { ...options, diagnose: 'yes' as never }));
    expect(message).toBe('diagnose must be true or false; got "yes"');
  });
});
