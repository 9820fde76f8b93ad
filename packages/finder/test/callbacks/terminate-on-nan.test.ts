import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { backend } from '../backend.js';
import { atEnd, BATCHES, bits, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend(backend));
const warn = vi.spyOn(console, 'warn');
beforeEach(() => void warn.mockReset().mockImplementation(() => {}));

/** Diverges within an epoch. */
const diverging = () => smallModel(tf.train.sgd(1e12));

test('ends the epoch at the batch whose loss is not finite, and says so once', async () => {
  const model = diverging();
  const losses: number[] = [];
  const record = atEnd('batch', async (_, logs) => {
    losses.push(...(await (logs as { loss: tf.Tensor }).loss.data()));
  });
  const history = await fit(model, { epochs: 9, callbacks: [terminateOnNaN(), record] });
  expect(history.loss).toHaveLength(Math.ceil(losses.length / BATCHES));
  expect(losses.findIndex((loss) => !Number.isFinite(loss))).toBe(losses.length - 1);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.lastCall?.[0]).toMatch(/^Epoch 1, batch \d: the loss is (NaN|Infinity), training ends$/);
});

test('restores the weights that gave the last finite loss', async () => {
  const model = diverging();
  const before: number[] = [bits(model)];
  await fit(model, {
    epochs: 9,
    callbacks: [atEnd('batch', () => before.push(bits(model))), terminateOnNaN({ restoreWeights: true })],
  });
  // The last finite loss is that of the batch before the one that ended the training.
  expect(bits(model)).toBe(before.at(-3));
});

test('restores them too where another callback ends the training at the same batch', async () => {
  const model = diverging();
  const before: number[] = [bits(model)];
  const stop = atEnd('batch', (batch) => {
    before.push(bits(model));
    if (batch === 2) model.stopTraining = true;
  });
  await fit(model, { epochs: 9, callbacks: [stop, terminateOnNaN({ restoreWeights: true })] });
  expect(warn.mock.lastCall?.[0]).toMatch(/^Epoch 1, batch 2: .* restored$/);
  expect(bits(model)).toBe(before.at(-3));
});

test('leaves a training that stays finite alone', async () => {
  const model = smallModel(tf.train.sgd(0.01));
  const alone = smallModel(tf.train.sgd(0.01));
  await fit(model, { epochs: 2, callbacks: [terminateOnNaN({ restoreWeights: true })] });
  await fit(alone, { epochs: 2 });
  expect(bits(model)).toBe(bits(alone));
});
