import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
const warn = vi.spyOn(console, 'warn');
const log = vi.spyOn(console, 'log');
beforeEach(() => {
  warn.mockReset().mockImplementation(() => {});
  log.mockReset().mockImplementation(() => {});
});

test('says a missing metric once a fit, with those there are', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const callbacks = [reduceLROnPlateau({ monitor: 'val_los', mode: 'min' })];
  await fit(model, { epochs: 3, callbacks });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/"val_los"; did you mean val_loss\? Metrics: .*loss/)]]);
});

test('says that there is no validation data where that is why', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  await fit(model, { epochs: 1, callbacks: [reduceLROnPlateau()], validationData: undefined as never });
  expect(warn.mock.lastCall?.[0]).toContain('since the fit has no validation data');
});

test('prints its reductions on request, and the history has the rates', async () => {
  const model = smallModel(tf.train.sgd(0.5));
  const callback = reduceLROnPlateau({ mode: 'max', patience: 1, factor: 0.5, verbose: true, minDelta: 100 });
  const history = await fit(model, { epochs: 3, callbacks: [callback] });
  expect(history.learning_rate).toEqual([0.5, 0.5, 0.25]);
  expect(log.mock.calls.flat()).toEqual([
    'Epoch 2: learning rate reduced to 0.25',
    'Epoch 3: learning rate reduced to 0.125',
  ]);
});

test.each<[object, RegExp]>([
  [{ factor: 1 }, /factor must be a number at least 0 and below 1; got 1/],
  [{ patiense: 3 }, /unknown option patiense; did you mean patience\?/],
  [{ monitor: 'f1' }, /^mode must be 'min' or 'max' for a metric of unknown direction; got 'auto' for "f1"$/],
  [{ rules: 'optax' }, /rules must be one of keras, pytorch/],
  [{ threshold: 0.1 }, /^threshold must be left out with the rules of keras, which use minDelta/],
  [{ rules: 'pytorch', minDelta: 0.1 }, /^minDelta must be left out with the rules of pytorch, which use threshold/],
])('refuses %j', (options, message) => {
  expect(() => reduceLROnPlateau(options)).toThrow(InputError);
  expect(() => reduceLROnPlateau(options)).toThrow(message);
});

test.each<[string, number]>([
  ['loss', 1],
  ['val_output_1_acc', -1],
  ['val_meanAbsoluteError', 1],
  ['accuracy', -1],
])('knows by its name where %s should go', async (monitor, sign) => {
  const callback = reduceLROnPlateau({ monitor, patience: 1 });
  const optimizer = tf.train.adam(0.1);
  callback.setModel({ optimizer } as never);
  await callback.onTrainBegin();
  for (const value of [1, 2, 3]) await callback.onEpochEnd(0, { [monitor]: sign * value });
  expect(learningRateOf(optimizer)).toBeLessThan(0.1);
});
