import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { BATCHES, bits, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
const warn = vi.spyOn(console, 'warn');
beforeEach(() => void warn.mockReset().mockImplementation(() => {}));

test('by step trains as an optimizer that follows the schedule, to the same bits, in a second fit too', async () => {
  const schedule = (step: number) => 0.1 * 0.9 ** step;
  const within = smallModel(optimizer('momentum', { learningRate: schedule }));
  const beside = smallModel(optimizer('momentum', { learningRate: 1 }));
  const callback = learningRateScheduler(schedule, { by: 'step' });
  for (const _ of [1, 2]) {
    await fit(within, { epochs: 2 });
    await fit(beside, { epochs: 2, callbacks: [callback] });
  }
  expect(bits(beside)).toBe(bits(within));
});

test('gives a function of two the epoch and the present rate, as Keras does', async () => {
  const model = smallModel(tf.train.adam(0.1));
  const history = await fit(model, {
    epochs: 3,
    callbacks: [learningRateScheduler((epoch, rate) => rate / 2 + epoch)],
  });
  expect(history.learning_rate).toEqual([0.05, 1.025, 2.5125]);
});

test('takes a number', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  await fit(model, { epochs: 1, callbacks: [learningRateScheduler(0.3)] });
  expect(learningRateOf(model.optimizer)).toBe(0.3);
});

test('moves the momentum of a schedule that has one, and says once that an optimizer has none', async () => {
  const cycle = Object.assign(() => 0.05, { momentum: (step: number) => 0.9 - 0.05 * step });
  const model = smallModel(tf.train.momentum(0.1, 0.9));
  await fit(model, { epochs: 1, callbacks: [learningRateScheduler(cycle, { by: 'step' })] });
  expect(model.optimizer.getConfig().momentum).toBeCloseTo(0.9 - 0.05 * (BATCHES - 1), 12);
  expect(warn).not.toHaveBeenCalled();
  const without = smallModel(tf.train.sgd(0.1));
  await fit(without, { epochs: 2, callbacks: [learningRateScheduler(cycle, { by: 'step' })] });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('SGD has no momentum')]]);
});

test('refuses a rate that is none, naming the step, an unknown option and what is no schedule', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const callback = learningRateScheduler((step) => (step === 2 ? -1 : 0.1), { by: 'step' });
  await expect(fit(model, { epochs: 1, callbacks: [callback] })).rejects.toThrow(/for step 2 must be .*; got -1/);
  expect(() => learningRateScheduler(0.1, { per: 'step' } as never)).toThrow(/unknown option per/);
  expect(() => learningRateScheduler('cosine' as never)).toThrow(InputError);
});
