import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runSweep } from '../../src/engine/sweep.js';
import type { TrainingStep } from '../../src/engine/training-step.js';
import { train } from '../../src/train.js';
import { heights, points, regression, rejection } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

let clock = 0;
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => clock));
afterEach(() => void vi.restoreAllMocks());

/** Takes 60 ms: after two, losses are read. */
const slowly = () => {
  clock += 60;
};

test('slow steps do not keep an abort of a training waiting', async () => {
  const xs = points(60);
  const controller = new AbortController();
  let last = 0;
  const learningRate = (step: number) => {
    last = step;
    if (step === 1) setImmediate(() => controller.abort(new Error('enough')));
    slowly();
    return 0.01;
  };
  const options = { learningRate, epochs: 1, batchSize: 4, signal: controller.signal };
  const error = await rejection(train(regression(), { xs, ys: heights(xs) }, options));
  expect(error.message).toBe('enough');
  // Of 15 steps, after which the losses would be read for the evaluation.
  expect(last).toBeLessThan(6);
});

test.each([
  ['two slow ones', slowly, [2, 4, 6, 8, 10]],
  ['eight that are fast', () => {}, [8, 10]],
])('a sweep reads its losses after %s', async (_, work, wanted) => {
  const step = {
    ...{ batchesPerUpdate: 1, reset: () => {} },
    train() {
      work();
      return tf.scalar(1);
    },
  } as unknown as TrainingStep;
  const batches = { next: () => ({ value: Int32Array.of(0) }) } as unknown as Iterator<Int32Array>;
  const reads: number[] = [];
  const rates = Array.from({ length: 10 }, (_, i) => 1e-3 * 2 ** i);
  const plan = { seed: 1, step, rates, batches, heldOut: undefined, random: Math.random, onPoint: () => {} };
  const { points: measured } = await runSweep({ ...plan, onRead: (steps) => void reads.push(steps) });
  expect(measured.map((point) => point.step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(reads).toEqual(wanted);
});
