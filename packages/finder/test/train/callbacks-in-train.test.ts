import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { Callback } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { setLearningRate } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { setMomentum } from '../../src/optimizers/set-momentum.js';
import { train } from '../../src/train.js';
import type { FitCallback } from '../../src/engine/callback-hooks.js';
import { backend, exact } from '../backend.js';
import { bits, heights, network, regression, weights } from './small-trainings.js';
import { data, few, withCallbacks, xs } from './with-callbacks.js';

beforeAll(() => useBackend(backend));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

const ratesOf = ({ run }: Awaited<ReturnType<typeof withCallbacks>>) => run.training.points.map(({ rate }) => rate);

test('a callback that only looks on changes nothing', async () => {
  const plain = await withCallbacks([]);
  const watched = await withCallbacks([learningRateMonitor(), { onEpochEnd() {}, onBatchEnd() {} }]);
  expect(watched.run.losses).toEqual(plain.run.losses);
  if (exact) expect(bits(watched.model)).toBe(bits(plain.model));
});

describe('the rate', () => {
  test('a plateau reduces it from the next epoch on', async () => {
    // No epoch improves by a hundred: each one halves the rate.
    const halved = await withCallbacks([reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 100 })]);
    expect(ratesOf(halved)).toEqual([0.05, 0.05, 0.025]);
    // The first two epochs are those of a training without it, the third is not.
    const plain = await withCallbacks([]);
    expect(halved.run.losses.slice(0, 9)).toEqual(plain.run.losses.slice(0, 9));
    expect(halved.run.losses.slice(9)).not.toEqual(plain.run.losses.slice(9));
  });

  test('a scheduler sets it epoch by epoch, as steps of the same rates would', async () => {
    const scheduled = await withCallbacks([learningRateScheduler((epoch) => 0.1 / (1 + epoch))]);
    expect(ratesOf(scheduled)).toEqual([0.1, 0.05, 0.1 / 3]);
    const stepped = await withCallbacks([], { learningRate: (step: number) => 0.1 / (1 + Math.floor(step / 4)) });
    expect(scheduled.run.losses).toEqual(stepped.run.losses);
  });

  test('a warm-up raises it step by step', async () => {
    const warmed = await withCallbacks([warmUp(5, { startFactor: 0.2 })]);
    const shares = [0.2, 0.36, 0.52, 0.68, 0.84];
    const stepped = await withCallbacks([], {
      learningRate: (step: number) => 0.05 * (shares[step] ?? 1),
    });
    warmed.run.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(stepped.run.losses[i] as number, 6);
    });
    expect(warmed.run.recipe.rates[0]?.rate).toBeCloseTo(0.01, 12);
  });

  test('a monitor hears of every one, and the document has it', async () => {
    const monitor = learningRateMonitor({ by: 'step' });
    const { run } = await withCallbacks([monitor], { learningRate: 'cosine(0.1, steps=12)' });
    const cosine = (step: number) => 0.05 * (1 + Math.cos((Math.PI * step) / 12));
    expect(monitor.rates).toHaveLength(12);
    for (const { step, rate } of monitor.rates) expect(rate).toBeCloseTo(cosine(step), 12);
    // A point has the rate with which its epoch began.
    for (const [i, { rate }] of run.training.points.entries()) expect(rate).toBeCloseTo(cosine(4 * i), 12);
    expect(run.recipe.rates).toEqual(monitor.rates.map(({ step, rate }) => ({ step, rate })));
  });

  test('a plateau is told before the first epoch that a schedule decides it', async () => {
    const model = regression();
    const before = bits(model);
    const training = train(model, data, {
      ...few,
      learningRate: 'cosine(0.1, steps=9)',
      callbacks: [reduceLROnPlateau()],
    });
    await expect(training).rejects.toThrow(/learning rate of this sgd follows a schedule/);
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
    set.run.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(scheduled.run.losses[i] as number, 6);
    });
    expect(set.run.losses.at(-1)).not.toBeCloseTo(still.run.losses.at(-1) as number, 4);
  });

  test('an optimizer without one is said, and its rate follows the schedule alone', async () => {
    const { run } = await withCallbacks([], { learningRate: 'one-cycle(0.1, steps=12)' });
    expect(run.setup.notes).toContain('sgd has no momentum, so the schedule moves the learning rate alone');
    const alone = optimizer('sgd', { learningRate: 'one-cycle(0.1, steps=12)' }).schedule;
    const { run: again } = await withCallbacks([], { learningRate: (at: number) => alone?.(at) as number });
    expect(again.losses).toEqual(run.losses);
  });
});

test('callbacks are told what model.fit tells them, in its order, under Keras’s names', async () => {
  const record = () => {
    const told: unknown[] = [];
    const rounded = (logs: object | undefined) =>
      Object.fromEntries(
        Object.entries(logs ?? {})
          .filter(([, value]) => typeof value === 'number')
          .map(([name]) => [name.replace('meanAbsoluteError', 'mae'), true]),
      );
    const callback: FitCallback = {
      onTrainBegin: async () => void told.push('begin'),
      onTrainEnd: async () => void told.push('end'),
      onEpochBegin: async (epoch: number) => void told.push(['epoch', epoch]),
      onEpochEnd: async (epoch: number, logs?: object) =>
        void told.push(['epoch ends', epoch, Object.keys(rounded(logs)).sort()]),
      onBatchBegin: async (batch: number) => void told.push(['batch', batch]),
      onBatchEnd: async (batch: number, logs?: Record<string, unknown>) =>
        void told.push(['batch ends', batch, logs?.batch, logs?.size]),
    };
    return { told, callback };
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
  expect(ours.told).toEqual(theirs.told);
  expect(ours.told).toContainEqual(['epoch ends', 1, ['loss', 'mae', 'val_loss', 'val_mae']]);
});

test('callbacks hear one after the other, each seeing what the one before has set', async () => {
  class Setting extends Callback {
    override async onEpochBegin(epoch: number) {
      setLearningRate(this.model.optimizer, 0.1 + epoch);
    }
  }
  const monitor = learningRateMonitor();
  const { run } = await withCallbacks([new Setting(), monitor], { epochs: 2, learningRate: 7 });
  expect(monitor.rates.map(({ rate }) => rate)).toEqual([0.1, 1.1]);
  expect(run.training.points.map(({ rate }) => rate)).toEqual([0.1, 1.1]);
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
