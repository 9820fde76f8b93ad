import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { atEnd, bits, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
const log = vi.spyOn(console, 'log');
beforeEach(() => void log.mockReset().mockImplementation(() => {}));

test('puts back the weights of the epoch that was best', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const weights: number[] = [];
  // The rate grows until the loss does.
  const callbacks = [
    learningRateScheduler((epoch) => 0.05 * 3 ** epoch),
    atEnd('epoch', () => weights.push(bits(model))),
    earlyStopping({ patience: 2, restoreBestWeights: true, verbose: true }),
  ];
  const { val_loss = [] } = await fit(model, { epochs: 20, callbacks });
  const best = val_loss.indexOf(Math.min(...val_loss));
  expect(val_loss).toHaveLength(best + 3);
  expect(bits(model)).toBe(weights[best]);
  expect(log.mock.calls.flat()).toEqual([
    `Epoch ${best + 3}: early stopping`,
    `Restored the weights of the best epoch: ${best + 1}`,
  ]);
});

test('refuses the state of another model', async () => {
  const callback = earlyStopping({ restoreBestWeights: true });
  callback.restore({ best: 1, bestEpoch: 0, wait: 0, bestWeights: ['AAAA'] });
  const failed = fit(smallModel(tf.train.sgd(0.1)), { epochs: 1, callbacks: [callback] });
  await expect(failed).rejects.toThrow(/^the state must have as many weights as the model, 4; got 1$/);
});
