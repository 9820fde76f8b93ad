import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { type Callback, CustomCallback } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { callbackKinds } from '../../src/callbacks/registry.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { learningRateFinder } from '../../src/learning-rate-finder.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { anotherCopy } from '../another-copy.js';
import { atEnd, BATCHES, bits, fit, fitDataset, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
const warn = vi.spyOn(console, 'warn');
const log = vi.spyOn(console, 'log');
beforeEach(() => {
  warn.mockReset().mockImplementation(() => {});
  log.mockReset().mockImplementation(() => {});
});
afterEach(() => vi.clearAllMocks());

type Stateful = Callback & { state(): unknown; restore(state: never): void };

/** Rows of another stream than those of `fit`. */
const xs = Array.from({ length: 32 }, (_, i) => [Math.sin(i), Math.cos(1.3 * i), Math.sin(2.1 * i)]);
const smallRows = { xs, ys: xs.map(([a = 0, b = 0, c = 0]) => [Math.sin(a) + Math.sin(b) + Math.sin(c)]) };

/** Every callback, made so that it has something to do within six epochs, with the state that it may have. */
const made: Record<string, () => Callback | Stateful> = {
  'learningRateScheduler by epoch': () => learningRateScheduler((epoch) => 0.1 * 0.8 ** epoch),
  'learningRateScheduler by step': () => learningRateScheduler((step) => 0.1 / (1 + step), { by: 'step' }),
  warmUp: () => warmUp(15),
  reduceLROnPlateau: () =>
    reduceLROnPlateau({ monitor: 'loss', mode: 'max', patience: 1, factor: 0.7, cooldown: 1, minLr: 0.01 }),
  'reduceLROnPlateau as PyTorch': () =>
    reduceLROnPlateau({ monitor: 'loss', mode: 'max', patience: 1, factor: 0.7, rules: 'pytorch' }),
  learningRateMonitor: () => learningRateMonitor({ by: 'step' }),
  learningRateFinder: () =>
    learningRateFinder(smallRows, { everyEpochs: 2, epochs: 6, batchSize: 8, repeats: 1, verify: false }),
  terminateOnNaN: () => terminateOnNaN({ every: 3, restoreWeights: true }),
  earlyStopping: () => earlyStopping({ mode: 'max', patience: 4, restoreBestWeights: true }),
};

test('every callback of the table is among those tested here', () => {
  const tested = Object.keys(made).map((name) => name.split(' ')[0]);
  expect(callbackKinds.map(({ name }) => name).filter((name) => !tested.includes(name))).toEqual([]);
});

describe.each(Object.entries(made))('%s', (_, make) => {
  test('leaves no tensor behind, in a second fit neither', async () => {
    const model = smallModel(tf.train.sgd(0.1));
    const callback = make();
    const before = tf.memory().numTensors;
    await fit(model, { epochs: 3, callbacks: [callback] });
    await fit(model, { epochs: 3, callbacks: [callback] });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('goes on in the middle of a training from its state as JSON, to the same bits', async () => {
    const straight = smallModel(tf.train.sgd(0.1));
    await fit(straight, { epochs: 6, callbacks: [make()] });

    const first = smallModel(tf.train.sgd(0.1));
    const second = smallModel(tf.train.sgd(0.1));
    const callback = make() as Stateful;
    let state = '';
    // A checkpoint within the first training, before its end restores weights.
    const checkpoint = atEnd('epoch', (epoch) => {
      if (epoch !== 2) return;
      if (callback.state) state = JSON.stringify(callback.state());
      second.setWeights(first.getWeights());
      second.optimizer.dispose();
      second.compile({ optimizer: tf.train.sgd(learningRateOf(first.optimizer)), loss: 'meanSquaredError' });
    });
    await fit(first, { epochs: 6, callbacks: [callback, checkpoint] });
    const next = make() as Stateful;
    if (state) next.restore(JSON.parse(state) as never);
    const before = tf.memory().numTensors;
    await fit(second, { epochs: 6, initialEpoch: 3, callbacks: [next] });
    expect(tf.memory().numTensors).toBe(before);
    expect(bits(second)).toBe(bits(straight));
    expect(learningRateOf(second.optimizer)).toBe(learningRateOf(straight.optimizer));
  });

  test('does in fitDataset what it does in fit', async () => {
    const [model, fromDataset] = [smallModel(tf.train.sgd(0.1)), smallModel(tf.train.sgd(0.1))];
    await fit(model, { epochs: 6, callbacks: [make()] });
    const before = tf.memory().numTensors;
    await fitDataset(fromDataset, { epochs: 6, callbacks: [make()] });
    expect(tf.memory().numTensors).toBe(before);
    expect(bits(fromDataset)).toBe(bits(model));
  });

  test('works for a model of another copy of TensorFlow.js’s layers, once it has the model', async () => {
    const ours = smallModel(tf.train.sgd(0.1));
    await fit(ours, { epochs: 3, callbacks: [make()] });
    const theirs = smallModel(tf.train.sgd(0.1));
    const callback = make();
    callback.setModel(theirs);
    // What fit does with a callback that is no instance of its own class.
    await fit(theirs, { epochs: 3, callbacks: [new CustomCallback(callback as never)] });
    expect(bits(theirs)).toBe(bits(ours));
  });

  test('says so when it has no model', async () => {
    const model = smallModel(tf.train.sgd(0.1));
    const failed = fit(model, { epochs: 1, callbacks: [new CustomCallback(make() as never)] });
    await expect(failed).rejects.toThrow(/another copy of @tensorflow\/tfjs-layers: call setModel\(model\)/);
  });
});

test('fit of another copy of TensorFlow.js’s layers takes our callback as a plain object', () => {
  expect(learningRateMonitor()).not.toBeInstanceOf(anotherCopy().Callback);
});

test('only terminateOnNaN fetches the losses of batches', async () => {
  const model = smallModel(tf.train.sgd(0.1));
  const fetches = async (callbacks: Callback[]) => {
    const data = vi.spyOn(tf.Tensor.prototype, 'data');
    const during: number[] = [];
    await fit(model, {
      epochs: 1,
      callbacks: [...callbacks, atEnd('batch', () => during.push(data.mock.calls.length))],
    });
    data.mockRestore();
    return during.at(-1);
  };
  const quiet = Object.keys(made).filter((name) => name !== 'terminateOnNaN');
  for (const name of quiet) expect(await fetches([made[name]?.() as Callback]), name).toBe(0);
  expect(await fetches([terminateOnNaN({ every: 2 })])).toBe(BATCHES / 2);
});

test.each<[string, () => Callback]>([
  ['reduceLROnPlateau', () => reduceLROnPlateau()],
  ['learningRateScheduler', () => learningRateScheduler(0.1)],
  ['warmUp', () => warmUp(3)],
])('%s fails before the first epoch where the optimizer follows a schedule', async (_, make) => {
  const model = smallModel(optimizer('sgd', { learningRate: () => 0.1 }));
  const before = bits(model);
  await expect(fit(model, { epochs: 1, callbacks: [make()] })).rejects.toThrow(/follows a schedule/);
  expect(bits(model)).toBe(before);
});

test('several work in one list: a schedule, a plateau after it, a monitor and an end', async () => {
  const model = smallModel(tf.train.sgd(0.5));
  const monitor = learningRateMonitor();
  const callbacks = [
    warmUp(BATCHES),
    reduceLROnPlateau({ mode: 'max', patience: 1, factor: 0.5, minDelta: 100 }),
    monitor,
    terminateOnNaN(),
    earlyStopping({ mode: 'max', patience: 3, minDelta: 100 }),
  ];
  await fit(model, { epochs: 20, callbacks });
  // Three epochs without improvement follow the first; the plateau halves the rate at the end of each of them.
  expect(monitor.rates.map(({ rate }) => rate)).toEqual([0.05, 0.5, 0.25, 0.125]);
});
