import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { Callback } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { atEnd, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));

test('warmUp rises in a straight line to the optimizer’s rate and then lets go', async () => {
  const model = smallModel(tf.train.adam(0.8));
  const monitor = learningRateMonitor({ by: 'step' });
  await fit(model, { epochs: 2, callbacks: [warmUp(5, { startFactor: 0.5 }), monitor] });
  // 0.8 · (0.5 + 0.5 · t / 5)
  const expected = [0.4, 0.48, 0.56, 0.64, 0.72, 0.8, 0.8, 0.8];
  for (const [i, { rate }] of monitor.rates.entries()) expect(rate).toBeCloseTo(expected[i] as number, 12);
  expect(() => warmUp(0)).toThrow(/at least 1; got 0/);
});

describe('warmUp leads to the rate that others set', () => {
  const threeEpochs = async (before: Callback) => {
    const model = smallModel(tf.train.sgd(0.5));
    const monitor = learningRateMonitor({ by: 'step' });
    await fit(model, { epochs: 3, callbacks: [before, warmUp(10, { startFactor: 0.5 }), monitor] });
    return monitor.rates.map(({ rate }) => rate);
  };
  // startFactor + (1 − startFactor) · t / 10
  const shares = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1];
  const steps = shares.map((_, step) => step);

  test.each<[string, () => Callback, readonly number[]]>([
    [
      'a schedule of steps',
      () => learningRateScheduler((step) => 20 - step, { by: 'step' }),
      steps.map((step) => 20 - step),
    ],
    [
      'a schedule of steps that goes on from the present rate',
      () => learningRateScheduler((_, rate) => rate / 2, { by: 'step' }),
      steps.map((step) => 0.25 / 2 ** step),
    ],
    ['a schedule of epochs', () => learningRateScheduler((epoch) => 2 + epoch), [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]],
    [
      // It reduces the rate at the end of the second epoch, as the first is the best one.
      'a plateau',
      () => reduceLROnPlateau({ patience: 1, factor: 0.5, mode: 'max', minDelta: 100 }),
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25],
    ],
  ])('%s', async (_, make, full) => {
    const rates = await threeEpochs(make());
    expect(rates).toHaveLength(12);
    for (const [i, rate] of rates.entries()) {
      expect(rate).toBeCloseTo((shares[i] as number) * (full[i] as number), 12);
    }
  });

  test('after a fit that broke off in the middle of a step, too', async () => {
    const model = smallModel(tf.train.sgd(0.5));
    const callback = warmUp(4, { startFactor: 0.5 });
    const fail = atEnd('batch', () => {
      throw new Error('enough');
    });
    await expect(fit(model, { epochs: 1, callbacks: [fail, callback] })).rejects.toThrow('enough');
    expect(learningRateOf(model.optimizer)).toBe(0.25);
    await fit(model, { epochs: 1, callbacks: [callback] });
    expect(learningRateOf(model.optimizer)).toBe(0.5);
  });
});
