import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { Callback, callbacks as tfjsCallbacks } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import type { FitCallback } from '../../src/engine/callback-hooks.js';
import { train } from '../../src/train.js';
import { bits, heights, regression } from './small-trainings.js';
import { data, few, withCallbacks, xs } from './with-callbacks.js';

beforeAll(() => useBackend('wasm'));
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

describe('a callback ends a training:', () => {
  test('early stopping ends the training and puts the best weights back, which are tested', async () => {
    const seen: { loss: number; bits: number }[] = [];
    class Watch extends Callback {
      override async onEpochEnd(_: number, logs: Record<string, unknown> = {}) {
        seen.push({ loss: logs.val_loss as number, bits: bits(this.model) });
      }
    }
    const learningRate = (step: number) => 0.05 * 1.5 ** Math.floor(step / 4);
    const callbacks = [new Watch(), earlyStopping({ patience: 2, restoreBestWeights: true })];
    const { model, result } = await withCallbacks(callbacks, { learningRate, epochs: 40, test: data });
    const losses = seen.map(({ loss }) => loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(result.training.outcome).toBe('stopped');
    expect(losses).toHaveLength(best + 3);
    expect(result.training.evaluations).toHaveLength(best + 3);
    expect(result.losses).toHaveLength(4 * (best + 3));
    expect(bits(model)).toBe(seen[best]?.bits);
    const predicted = tf.tidy(() => [...(model.predict(tf.tensor2d(xs)) as tf.Tensor).dataSync()]);
    const error = heights(xs).reduce((sum, y, i) => sum + (y - (predicted[i] as number)) ** 2, 0) / 40;
    expect(result.test?.loss).toBeCloseTo(error, 5);
  });

  test('the loss that is not a number ends it, and the last finite weights come back', async () => {
    const before: number[] = [];
    class Watch extends Callback {
      override async onBatchBegin() {
        before.push(bits(this.model));
      }
    }
    const learningRate = (step: number) => (step < 6 ? 0.05 : 1e20);
    const callbacks = [new Watch(), terminateOnNaN({ restoreWeights: true })];
    const { model, result } = await withCallbacks(callbacks, { learningRate });
    const { outcome, divergedAt } = result.training;
    expect(outcome).toBe('diverged');
    expect(result.losses.indexOf(null)).toBe(divergedAt);
    expect(bits(model)).toBe(before[(divergedAt as number) - 1]);
  });

  test('checking one batch in three finds it too, and restores the weights of the last check', async () => {
    const before: number[] = [];
    class Watch extends Callback {
      override async onBatchBegin() {
        before.push(bits(this.model));
      }
    }
    const found = new Set<number>();
    for (const from of [6, 7, 8]) {
      before.length = 0;
      const learningRate = (step: number) => (step < from ? 0.05 : 1e20);
      const callbacks = [new Watch(), terminateOnNaN({ every: 3, restoreWeights: true })];
      const { model, result } = await withCallbacks(callbacks, { learningRate, epochs: 4 });
      const { divergedAt } = result.training as { divergedAt: number };
      // It checks the steps 2, 5, 8 and so on.
      const checked = [11, 8, 5, 2].find((step) => step < divergedAt) as number;
      expect(bits(model)).toBe(before[checked]);
      found.add(divergedAt % 3);
    }
    // The step at which it diverged was one that is checked, and one that is not.
    expect(found.size).toBe(3);
  });

  test('a callback may stand without a list, as in model.fit', async () => {
    const stop = earlyStopping({ monitor: 'loss', minDelta: 100, patience: 1 });
    const result = await train(regression(), data, { ...few, epochs: 9, callbacks: stop });
    expect(result.training.outcome).toBe('stopped');
  });

  const stops: [string, (model: ReturnType<typeof regression>) => FitCallback][] = [
    [
      'a callback of a class',
      () =>
        new (class extends Callback {
          override async onBatchEnd(batch: number) {
            if (batch === 1) this.model.stopTraining = true;
          }
        })(),
    ],
    [
      'a plain object with setModel',
      () => {
        let given: { stopTraining?: boolean } = {};
        const setModel = (model: object) => {
          given = model;
        };
        return {
          setModel,
          onBatchEnd: (batch: number) => {
            if (batch === 1) given.stopTraining = true;
          },
        } as FitCallback;
      },
    ],
    [
      'a plain object that has the model',
      (model) => ({
        onBatchEnd: (batch: number) => {
          if (batch === 1) model.stopTraining = true;
        },
      }),
    ],
  ];
  test.each(stops)('%s ends it in the middle of an epoch', async (_, make) => {
    const model = regression();
    const [ended, onEpochEnd] = [vi.fn(), vi.fn()];
    const result = await train(model, data, { ...few, callbacks: [make(model), { onTrainEnd: ended, onEpochEnd }] });
    expect(result.training).toMatchObject({ outcome: 'stopped', divergedAt: null });
    // As in TensorFlow.js the epoch ends there. Two of its four batches are done.
    expect(result.training.evaluations.map(({ step, epoch }) => [step, epoch])).toEqual([[2, 0.5]]);
    expect(onEpochEnd).toHaveBeenCalledOnce();
    expect(result.losses).toHaveLength(2);
    expect(result.recipe.rates.at(-1)?.step).toBe(1);
    expect(ended).toHaveBeenCalledOnce();
    // A stop lasts for one training.
    const next = await train(model, data, few);
    expect(next.training.outcome).toBe('finished');
    const watched = await train(model, data, { ...few, callbacks: [{ onEpochEnd() {} }] });
    expect(watched.training.outcome).toBe('finished');
  });

  test('early stopping of TensorFlow.js ends it too', async () => {
    const callback = tfjsCallbacks.earlyStopping({ monitor: 'val_loss', patience: 1, minDelta: 100 });
    const { result } = await withCallbacks([callback], { epochs: 9 });
    expect(result.training.outcome).toBe('stopped');
    expect(result.training.evaluations.length).toBeLessThan(4);
  });
});
