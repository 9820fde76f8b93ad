import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { BATCHES, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
const log = vi.spyOn(console, 'log');
beforeEach(() => void log.mockReset().mockImplementation(() => {}));

test('records the rate of every step that a schedule in the optimizer gives', async () => {
  const model = smallModel(optimizer('sgd', { learningRate: (step) => 1 / (10 + step) }));
  const monitor = learningRateMonitor({ by: 'step' });
  const { learning_rate } = await fit(model, { epochs: 2, callbacks: [monitor] });
  expect(monitor.rates).toEqual(
    Array.from({ length: 8 }, (_, step) => ({ epoch: Math.floor(step / BATCHES), step, rate: 1 / (10 + step) })),
  );
  expect(learning_rate).toEqual([1 / 13, 1 / 17]);
});

test('prints the rate with which an epoch begins, set by a callback before it', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const monitor = learningRateMonitor({ print: true });
  await fit(model, {
    epochs: 2,
    callbacks: [learningRateScheduler((step) => 1 / (1 + step), { by: 'step' }), monitor],
  });
  expect(log.mock.calls).toEqual([['Epoch 1: learning rate 1'], ['Epoch 2: learning rate 0.2']]);
});
