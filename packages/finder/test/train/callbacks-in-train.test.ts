import { useBackend } from '@lrfind/backends';
import { roundToFloat32 } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { Callback } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import type { FitCallback } from '../../src/engine/callback-hooks.js';
import { setLearningRate } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { setMomentum } from '../../src/optimizers/set-momentum.js';
import { train } from '../../src/train.js';
import { bits, heights, network, regression, weights } from './small-trainings.js';
import { data, few, withCallbacks, xs } from './with-callbacks.js';

beforeAll(() => useBackend('wasm'));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

const ratesOf = ({ result }: Awaited<ReturnType<typeof withCallbacks>>) =>
  result.training.evaluations.map(({ rate }) => rate);

test('a callback that only listens changes nothing', async () => {
  const plain = await withCallbacks([]);
  const watched = await withCallbacks([learningRateMonitor(), { onEpochEnd() {}, onBatchEnd() {} }]);
  expect(watched.result.losses).toEqual(plain.result.losses);
  expect(bits(watched.model)).toBe(bits(plain.model));
});

describe('the rate', () => {
  test('a plateau reduces it from the next epoch on', async () => {
    // No epoch improves by a hundred: each one halves the rate.
    const halved = await withCallbacks([reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 100 })]);
    expect(ratesOf(halved)).toEqual([0.05, 0.05, 0.025]);
    // The first two epochs are those of a training without it, the third is not.
    const plain = await withCallbacks([]);
    expect(halved.result.losses.slice(0, 9)).toEqual(plain.result.losses.slice(0, 9));
    expect(halved.result.losses.slice(9)).not.toEqual(plain.result.losses.slice(9));
  });

  test('a scheduler sets it epoch by epoch, as steps of the same rates would', async () => {
    const scheduled = await withCallbacks([learningRateScheduler((epoch) => 0.1 / (1 + epoch))]);
    expect(ratesOf(scheduled)).toEqual([0.1, 0.05, roundToFloat32(0.1 / 3)]);
    const stepped = await withCallbacks([], { learningRate: (step: number) => 0.1 / (1 + Math.floor(step / 4)) });
    expect(scheduled.result.losses).toEqual(stepped.result.losses);
  });

  test('a warm-up raises it step by step', async () => {
    const warmed = await withCallbacks([warmUp(5, { startFactor: 0.2 })]);
    const shares = [0.2, 0.36, 0.52, 0.68, 0.84];
    const stepped = await withCallbacks([], {
      learningRate: (step: number) => 0.05 * (shares[step] ?? 1),
    });
    warmed.result.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(stepped.result.losses[i] as number, 6);
    });
    expect(warmed.result.recipe.rates[0]?.rate).toBeCloseTo(0.01, 12);
  });

  test('a monitor records every one, and the result has it', async () => {
    const monitor = learningRateMonitor({ by: 'step' });
    const { result } = await withCallbacks([monitor], { learningRate: 'cosine(0.1, steps=12)' });
    const cosine = (step: number) => 0.05 * (1 + Math.cos((Math.PI * step) / 12));
    expect(monitor.rates).toHaveLength(12);
    for (const { step, rate } of monitor.rates) expect(rate).toBeCloseTo(cosine(step), 12);
    // An evaluation has the rate with which its epoch began.
    for (const [i, { rate }] of result.training.evaluations.entries()) expect(rate).toBeCloseTo(cosine(4 * i), 7);
    expect(result.recipe.rates).toEqual(monitor.rates.map(({ step, rate }) => ({ step, rate: roundToFloat32(rate) })));
  });

  test('a plateau is refused before the first epoch where a schedule decides it', async () => {
    const model = regression();
    const before = bits(model);
    const training = train(model, data, {
      ...few,
      learningRate: 'cosine(0.1, steps=9)',
      callbacks: [reduceLROnPlateau()],
    });
    await expect(training).rejects.toThrow(
      /^reduce-lr-on-plateau sets the learning rate, so that of the training must be a number or find; got /,
    );
    expect(bits(model)).toBe(before);
  });
});

describe('the momentum', () => {
  const step = 5;
  /** Momentum 0.9 before a step and 0.5 from it on. */
  const schedule = Object.assign(() => 0.02, { momentum: (at: number) => (at < step ? 0.9 : 0.5) });
  let steps = 0;
  class Lowering extends Callback {
    override async onBatchBegin() {
      if (steps++ === step) setMomentum(this.model.optimizer, 0.5);
    }
  }

  test.each(['momentum', 'adam'])('a callback sets that of %s, as a schedule would', async (name) => {
    steps = 0;
    const set = await withCallbacks([new Lowering()], { optimizer: name, learningRate: 0.02 });
    const scheduled = await withCallbacks([], { optimizer: name, learningRate: schedule });
    const still = await withCallbacks([], { optimizer: name, learningRate: 0.02 });
    set.result.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(scheduled.result.losses[i] as number, 6);
    });
    expect(set.result.losses.at(-1)).not.toBeCloseTo(still.result.losses.at(-1) as number, 4);
  });

  test('a note names an optimizer without one, whose rate follows the schedule', async () => {
    const { result } = await withCallbacks([], { learningRate: 'one-cycle(0.1, steps=12)' });
    expect(result.setup.notes).toContain('sgd has no momentum, so the schedule sets the learning rate only');
    const alone = optimizer('sgd', { learningRate: 'one-cycle(0.1, steps=12)' }).schedule;
    const { result: again } = await withCallbacks([], { learningRate: (at: number) => alone?.(at) as number });
    expect(again.losses).toEqual(result.losses);
  });
});

test('callbacks get what model.fit gives them, in its order, under Keras’s names', async () => {
  const record = () => {
    const received: unknown[] = [];
    const rounded = (logs: object | undefined) =>
      Object.fromEntries(
        Object.entries(logs ?? {})
          .filter(([, value]) => typeof value === 'number')
          .map(([name]) => [name.replace('meanAbsoluteError', 'mae'), true]),
      );
    const callback: FitCallback = {
      onTrainBegin: async () => void received.push('begin'),
      onTrainEnd: async () => void received.push('end'),
      onEpochBegin: async (epoch: number) => void received.push(['epoch', epoch]),
      onEpochEnd: async (epoch: number, logs?: object) =>
        void received.push(['epoch ends', epoch, Object.keys(rounded(logs)).sort()]),
      onBatchBegin: async (batch: number) => void received.push(['batch', batch]),
      onBatchEnd: async (batch: number, logs?: Record<string, unknown>) =>
        void received.push(['batch ends', batch, logs?.batch, logs?.size]),
    };
    return { received, callback };
  };
  const [ours, theirs] = [record(), record()];
  // 20 rows, of which 6 make the last batch.
  const rows = { xs: xs.slice(0, 20), ys: heights(xs.slice(0, 20)) };
  const options = { ...few, epochs: 2, batchSize: 7, validation: data, metrics: ['mae'] };
  await train(network(1, 'linear'), rows, { ...options, callbacks: [ours.callback] });
  const model = network(1, 'linear');
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
  const [x, y, valX, valY] = [
    tf.tensor2d(rows.xs),
    tf.tensor2d(rows.ys, [20, 1]),
    tf.tensor2d(xs),
    tf.tensor2d(heights(xs), [40, 1]),
  ] as const;
  await model.fit(x, y, {
    epochs: 2,
    batchSize: 7,
    validationData: [valX, valY],
    verbose: 0,
    callbacks: theirs.callback,
  });
  expect(ours.received).toEqual(theirs.received);
  expect(ours.received).toContainEqual(['epoch ends', 1, ['loss', 'mae', 'val_loss', 'val_mae']]);
});

test('callbacks hear one after the other, each seeing what the one before has set', async () => {
  class Setting extends Callback {
    override async onEpochBegin(epoch: number) {
      setLearningRate(this.model.optimizer, 0.1 + epoch);
    }
  }
  const monitor = learningRateMonitor();
  const { result } = await withCallbacks([new Setting(), monitor], { epochs: 2, learningRate: 7 });
  expect(monitor.rates.map(({ rate }) => rate)).toEqual([0.1, 1.1]);
  expect(result.training.evaluations.map(({ rate }) => rate)).toEqual([0.1, 1.1]);
});

test('the model that callbacks see is the model: what they set on its weights is trained on', async () => {
  class Resetting extends Callback {
    override async onEpochEnd(epoch: number) {
      if (epoch === 1)
        for (const weight of this.model.getWeights()) (weight as tf.Variable).assign(tf.zerosLike(weight));
    }
  }
  const { model } = await withCallbacks([new Resetting()], { epochs: 2 });
  expect(weights(model).every((weight) => weight === 0)).toBe(true);
});
