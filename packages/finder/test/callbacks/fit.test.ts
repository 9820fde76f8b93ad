import { createRequire } from 'node:module';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { type Callback, CustomCallback } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { callbackKinds } from '../../src/callbacks/index.js';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { InputError } from '../../src/errors.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { backend } from '../backend.js';
import { atEnd, BATCHES, bits, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend(backend));
const warn = vi.spyOn(console, 'warn');
const log = vi.spyOn(console, 'log');
beforeEach(() => {
  warn.mockReset();
  log.mockReset();
});
afterEach(() => vi.clearAllMocks());

type Stateful = Callback & { state(): unknown; restore(state: never): void };

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

  test('works for a model of another copy of TensorFlow.js’s layers, once told the model', async () => {
    const ours = smallModel(tf.train.sgd(0.1));
    await fit(ours, { epochs: 3, callbacks: [make()] });
    const theirs = smallModel(tf.train.sgd(0.1));
    const callback = make();
    callback.setModel(theirs);
    // What fit does with a callback that is no instance of its own class.
    await fit(theirs, { epochs: 3, callbacks: [new CustomCallback(callback as never)] });
    expect(bits(theirs)).toBe(bits(ours));
  });

  test('says so when it was not told the model', async () => {
    const model = smallModel(tf.train.sgd(0.1));
    const failed = fit(model, { epochs: 1, callbacks: [new CustomCallback(make() as never)] });
    await expect(failed).rejects.toThrow(/another copy of @tensorflow\/tfjs-layers: call setModel\(model\)/);
  });
});

test('fit of another copy of TensorFlow.js’s layers takes our callback as a plain object', () => {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-layers');
  delete require.cache[path];
  const other: typeof import('@tensorflow/tfjs-layers') = require(path);
  expect(learningRateMonitor()).not.toBeInstanceOf(other.Callback);
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

describe('learningRateScheduler', () => {
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
    await expect(fit(model, { epochs: 1, callbacks: [callback] })).rejects.toThrow(/for step 2 must be .*came -1/);
    expect(() => learningRateScheduler(0.1, { per: 'step' } as never)).toThrow(/unknown option per/);
    expect(() => learningRateScheduler('cosine' as never)).toThrow(InputError);
  });
});

test('warmUp rises in a straight line to the optimizer’s rate and then lets go', async () => {
  const model = smallModel(tf.train.adam(0.8));
  const monitor = learningRateMonitor({ by: 'step' });
  await fit(model, { epochs: 2, callbacks: [warmUp(5, { startFactor: 0.5 }), monitor] });
  // 0.8 · (0.5 + 0.5 · t / 5)
  const expected = [0.4, 0.48, 0.56, 0.64, 0.72, 0.8, 0.8, 0.8];
  for (const [i, { rate }] of monitor.rates.entries()) expect(rate).toBeCloseTo(expected[i] as number, 12);
  expect(() => warmUp(0)).toThrow(/at least 1, came 0/);
});

describe('learningRateMonitor', () => {
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
});

describe('terminateOnNaN', () => {
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

  test('leaves a training that stays finite alone', async () => {
    const model = smallModel(tf.train.sgd(0.01));
    const alone = smallModel(tf.train.sgd(0.01));
    await fit(model, { epochs: 2, callbacks: [terminateOnNaN({ restoreWeights: true })] });
    await fit(alone, { epochs: 2 });
    expect(bits(model)).toBe(bits(alone));
  });
});

describe('earlyStopping', () => {
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
      `The weights of the best epoch are restored: epoch ${best + 1}`,
    ]);
  });

  test('refuses the state of another model', async () => {
    const callback = earlyStopping({ restoreBestWeights: true });
    callback.restore({ best: 1, bestEpoch: 0, wait: 0, bestWeights: ['AAAA'] });
    const failed = fit(smallModel(tf.train.sgd(0.1)), { epochs: 1, callbacks: [callback] });
    await expect(failed).rejects.toThrow(/1 weights, the model has 4/);
  });
});

describe('reduceLROnPlateau', () => {
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
    [{ factor: 1 }, /factor must be a number at least 0 and below 1, came 1/],
    [{ patiense: 3 }, /unknown option patiense; did you mean patience\?/],
    [{ monitor: 'f1' }, /"f1" does not tell .* give mode 'min' or 'max'/],
    [{ rules: 'optax' }, /rules must be one of keras, pytorch/],
    [{ threshold: 0.1 }, /threshold has no meaning in the rules of keras, which have minDelta/],
    [{ rules: 'pytorch', minDelta: 0.1 }, /minDelta has no meaning in the rules of pytorch, which have threshold/],
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
