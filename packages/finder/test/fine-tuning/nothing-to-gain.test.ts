import { useBackend } from '@lrfind/backends';
import { gainOf } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { bits, tensorsLeft } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

/** A straight line with noise, whose least squares are known from the normal equations. */
const rows = 400;
const random = (seed: number) => () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};
const uniform = random(7);
const xs = Array.from({ length: rows }, () => [2 * uniform() - 1, 2 * uniform() - 1]);
const ys = xs.map(([a = 0, b = 0]) => [3 * a - 2 * b + (uniform() + uniform() + uniform() - 1.5)]);

function line(kernel: number[], bias: number) {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  model.setWeights([tf.tensor2d(kernel, [2, 1]), tf.tensor1d([bias])]);
  return model;
}

/** Solves the normal equations by Cramer's rule. */
function leastSquares(): [number[], number] {
  const design = xs.map((x) => [...x, 1]);
  const sums = (f: (i: number) => number) => design.reduce((sum, _row, i) => sum + f(i), 0);
  const a = [0, 1, 2].map((j) => [0, 1, 2].map((k) => sums((i) => (design[i]?.[j] ?? 0) * (design[i]?.[k] ?? 0))));
  const b = [0, 1, 2].map((j) => sums((i) => (design[i]?.[j] ?? 0) * (ys[i]?.[0] ?? 0)));
  const det = (m: number[][]) => {
    const [[p = 0, q = 0, r = 0] = [], [s = 0, t = 0, u = 0] = [], [v = 0, w = 0, x = 0] = []] = m;
    return p * (t * x - u * w) - q * (s * x - u * v) + r * (s * w - t * v);
  };
  const [first = 0, second = 0, bias = 0] = [0, 1, 2].map(
    (k) => det(a.map((row, j) => row.map((value, i) => (i === k ? (b[j] as number) : value)))) / det(a),
  );
  return [[first, second], bias];
}

const options = { loss: 'meanSquaredError', verify: true, batchSize: 16, steps: 100, repeats: 3 } as const;

describe('a model that comes with weights', () => {
  test.each(['sgd', 'adam', 'momentum'])('at the least squares has nothing to gain by %s', async (optimizer) => {
    const model = line(...leastSquares());
    const before = bits(model);
    const result = await findLearningRate(model, { xs, ys }, { ...options, optimizer });
    expect(result.suggestion).toBeNull();
    expect(result.reason).toMatch(/^nothing to gain: of \d+ rates that were tried, none lowers the loss/);
    expect(result.verification?.gain?.verdict).toBe('none');
    expect(bits(model)).toBe(before);
    model.dispose();
  });

  test.each(['sgd', 'adam'])('near it has something to gain by %s', async (optimizer) => {
    const [[a = 0, b = 0], bias] = leastSquares();
    const model = line([a + 0.3, b], bias - 0.3);
    const { suggestion, verification } = await findLearningRate(model, { xs, ys }, { ...options, optimizer });
    expect(suggestion?.learningRate).toBeGreaterThan(0);
    expect(verification?.gain?.verdict ?? 'lower').toBe('lower');
    model.dispose();
  });

  test('that is far from it needs no further look', async () => {
    const model = line([0, 0], 0);
    const { suggestion, verification } = await findLearningRate(model, { xs, ys }, { ...options, optimizer: 'sgd' });
    expect(suggestion).not.toBeNull();
    expect(verification?.gain).toBeNull();
    model.dispose();
  });

  test('nothing is left in memory', async () => {
    const model = line(...leastSquares());
    expect(await tensorsLeft(() => findLearningRate(model, { xs, ys }, { ...options, repeats: 1 }))).toBe(0);
    model.dispose();
  });
});

test('weights that are drawn have everything to gain, so it is not measured', async () => {
  const { verification } = await findLearningRate(
    line([0, 0], 0),
    { xs, ys },
    { ...options, optimizer: 'sgd', initialWeights: 'drawn' },
  );
  expect(verification).toBeDefined();
  expect(verification?.gain).toBeUndefined();
});

describe('the gain', () => {
  test('is the mean fall of the parts, with the interval of Student', () => {
    // Falls of 0.3, 0.1 and 0.2 with standard deviation 0.1; the 97.5 % point for two degrees of freedom is 4.302653.
    const after = [
      [0.6, 0.9, 0.9],
      [0.8, 0.9, 0.7],
    ];
    const { difference, low, high, verdict } = gainOf(0.1, [1, 1, 1], after);
    expect(difference).toBeCloseTo(0.2, 12);
    expect(low).toBeCloseTo(0.2 - (4.302653 * 0.1) / Math.sqrt(3), 5);
    expect(high).toBeCloseTo(0.2 + (4.302653 * 0.1) / Math.sqrt(3), 5);
    expect(verdict).toBe('unknown');
  });

  test('is lower beyond the noise, none where a tenth would have shown', () => {
    expect(gainOf(0.1, [1, 1, 1], [[0.5, 0.49, 0.51]]).verdict).toBe('lower');
    expect(gainOf(0.1, [1, 1, 1], [[1.01, 0.99, 1]]).verdict).toBe('none');
    expect(gainOf(0.1, [1, 1, 1], [[1.3, 1.2, 1.4]]).verdict).toBe('none');
  });

  test('is none where a training diverged', () => {
    expect(gainOf(0.1, [1, 1], [[0.5, Number.POSITIVE_INFINITY]])).toMatchObject({ difference: null, verdict: 'none' });
  });
});
