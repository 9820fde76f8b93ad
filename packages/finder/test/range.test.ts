import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../src/find.js';
import { weightVariables } from '../src/model/weights.js';
import type { FindOptions } from '../src/options.js';
import { train } from '../src/train.js';
import { backend } from './backend.js';
import { checksum } from './checksum.js';

beforeAll(async () => {
  await useBackend(backend);
});

const linear = (units = 1): LayersModel => sequential({ layers: [layers.dense({ units, inputShape: [1] })] });

/** y = x + 2s at x = s · (1 … 24): the loss is a parabola, whose curvature grows with the square of s. */
function ramp(s: number) {
  const xs = Array.from({ length: 24 }, (_, i) => [s * (i + 1)]);
  return { xs, ys: xs.map(([x]) => [(x as number) + 2 * s]) };
}

/** The rate from which gradient descent on the mean squared error diverges: 2 / λ, λ the largest curvature. */
function stableBelow(s: number): number {
  // The Hessian of weight and bias is 2 · [[mean x², mean x], [mean x, 1]].
  const [square, mean] = [(s ** 2 * 4900) / 24, s * 12.5];
  const half = (square + 1) / 2;
  return 1 / (half + Math.sqrt(half ** 2 - (square - mean ** 2)));
}

const find = (model: LayersModel, data: { xs: unknown; ys: unknown }, options: FindOptions = {}) =>
  findLearningRate(model, data as never, {
    optimizer: 'sgd',
    batchSize: 24,
    repeats: 2,
    initialWeights: 'drawn',
    ...options,
  });

test('the bound of the fifth power of ten is the known one', () => {
  expect(stableBelow(1e5)).toBeCloseTo(4.9e-13, 14);
});

describe.each([1, 30, 100, 150, 200, 300, 1e3, 1e4, 1e5, 1e7])('features of %d to 24 times that', (s) => {
  const bound = stableBelow(s);

  test('in the fixed range the suggestion is stable, or there is none, with the reason', async () => {
    const { suggestion, reason, range } = await find(linear(), ramp(s));
    if (suggestion) {
      expect(suggestion.learningRate).toBeLessThan(bound);
      expect(suggestion.learningRate).toBeGreaterThan(1e-7);
    } else {
      expect(reason).toBe('the loss diverges from the first rates on (1e-7): scale the features, or start lower');
      expect(range).toBeNull();
      expect(bound).toBeLessThan(5e-7);
    }
  });

  test('a range that moves finds a rate a little below where it diverges', async () => {
    const { suggestion, setup, sweeps } = await find(linear(), ramp(s), { range: 'auto' });
    expect((suggestion?.learningRate as number) / bound).toBeGreaterThan(0.02);
    expect((suggestion?.learningRate as number) / bound).toBeLessThan(0.5);
    expect(suggestion?.verdict).not.toBe('unsure');
    expect(setup.notes.some((note) => note.startsWith('range: moved'))).toBe(s > 1);
    expect(new Set(sweeps.map(({ points }) => points[0]?.rate)).size).toBe(1);
  });
});

describe.each([1e3, 1e4, 1e5, 1e6])('a network with relu on features of %d to 24 times that', (s) => {
  const units = (...sizes: number[]): LayersModel => {
    const drawn = (seed: number) => ({ className: 'GlorotUniform', config: { seed } }) as never;
    const hidden = sizes.map((size, i) =>
      layers.dense({ units: size, activation: 'relu', kernelInitializer: drawn(i + 5), inputShape: [i ? size : 1] }),
    );
    return sequential({ layers: [...hidden, layers.dense({ units: 1, kernelInitializer: drawn(9) })] });
  };
  const xs = Array.from({ length: 24 }, (_, i) => [s * (i + 1)]);
  const data = { xs, ys: xs.map((_, i) => [i + 3]) };
  const options = { initialWeights: 'given', repeats: 3, batchSize: 8 } as const;

  test.each([[[8]], [[8, 8]]])(
    'of %j: the first step breaks it, and what is left says nothing about rates',
    async (sizes) => {
      for (const optimizer of ['sgd', 'momentum']) {
        const { suggestion, reason } = await find(units(...sizes), data, { ...options, optimizer });
        expect(suggestion).toBeNull();
        expect(reason).toMatch(
          /^the (first rates \(1e-7\) already change|loss diverges).*: scale the features, or start lower$/,
        );
      }
    },
  );

  test.each([[[8]], [[8, 8]]])('of %j: a range that moves finds a rate that trains it', async (sizes) => {
    const { suggestion } = await find(units(...sizes), data, { ...options, range: 'auto' });
    const learningRate = suggestion?.learningRate as number;
    const { training, losses } = await train(units(...sizes), data, {
      learningRate,
      optimizer: 'sgd',
      batchSize: 8,
      epochs: 20,
    });
    expect(training.outcome).toBe('finished');
    expect(Math.max(...(losses as number[]))).toBeLessThan(10 * (losses[0] as number));
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 10);
  });
});

test('features of 1e20 overflow before the first step: no rate, no moves', async () => {
  for (const range of ['fixed', 'auto'] as const) {
    const { suggestion, reason, setup } = await find(linear(), ramp(1e20), { range });
    expect(suggestion).toBeNull();
    expect(reason).toMatch(/not finite from the first step on.*scale the features/);
    expect(setup.notes.join()).not.toMatch(/range: moved/);
  }
});

test('features of 1e-20, on which nothing can be learnt up to a rate of 100, are flat', async () => {
  const { xs, ys } = ramp(1);
  const tiny = { xs: xs.map(([x]) => [1e-20 * (x as number)]), ys };
  const model = () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1], useBias: false })] });
  const { suggestion, reason } = await find(model(), tiny);
  expect(suggestion).toBeNull();
  expect(reason).toMatch(/the curve is flat/);
});

test.each([0, 3])('a loss that is always %d has no rate, in a moving range too', async (value) => {
  const loss = (_: tf.Tensor, prediction: tf.Tensor) => tf.add(tf.mul(tf.mean(prediction), 0), value) as tf.Scalar;
  for (const range of ['fixed', 'auto'] as const) {
    const { suggestion, reason } = await find(linear(), ramp(1), { loss, range, steps: 40 });
    expect(suggestion).toBeNull();
    expect(reason).toBe(`the curve is flat: the loss stays at ${value.toPrecision(4)} at every rate`);
  }
});

test('linear spacing over the default range gives no rate, and advice that helps', async () => {
  const { suggestion, reason, diagnosis } = await find(linear(), ramp(1), { spacing: 'linear' });
  expect(suggestion).toBeNull();
  expect(reason).toMatch(/use geometric spacing, or a lower last rate/);
  expect(diagnosis.join(' ')).not.toMatch(/lower the first rate/i);
});

describe('a moving range', () => {
  test('stays where both are inside, and then gives what a fixed one gives, bit for bit', async () => {
    const model = linear();
    const [fixed, auto] = [await find(model, ramp(1)), await find(model, ramp(1), { range: 'auto' })];
    expect(auto.sweeps).toEqual(fixed.sweeps);
    expect(auto.suggestion).toEqual(fixed.suggestion);
    expect(auto.setup).toEqual(fixed.setup);
    expect(auto.options).toEqual({ ...fixed.options, range: 'auto' });
  });

  test('is equal for equal seeds, and leaves model and tensors as they were', async () => {
    const model = linear();
    const [before, tensors] = [checksum(weightVariables(model)), tf.memory().numTensors];
    const one = await find(model, ramp(1e4), { range: 'auto' });
    const { environment: _, ...again } = await find(model, ramp(1e4), { range: 'auto' });
    expect(one).toMatchObject(again);
    expect(checksum(weightVariables(model))).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('tells onStep of every step, and ends when it is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const running = find(linear(), ramp(1e5), {
      range: 'auto',
      signal: controller.signal,
      onStep({ rate, repeat, repeats, steps }) {
        seen.push(rate);
        expect(repeat).toBeLessThan(repeats);
        expect(steps).toBeGreaterThan(10);
        if (rate < 1e-14) controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(Math.max(...seen)).toBeGreaterThan(1e-8);
  });

  test('goes up as well, to a descent above its last rate', async () => {
    const { suggestion, setup } = await find(linear(), ramp(1), { range: 'auto', endLr: 1e-6 });
    expect(suggestion?.learningRate).toBeLessThan(stableBelow(1));
    expect(suggestion?.learningRate).toBeGreaterThan(0.02 * stableBelow(1));
    expect(setup.notes.join()).toMatch(
      /range: moved 2 times, from 1e-7 … 1e-6 to 1e-7 … 100 in \d+ steps, because the loss still fell/,
    );
  });
});
