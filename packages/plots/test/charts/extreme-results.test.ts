import { seededRandom } from '@lrfind/core';
import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import { describe, expect, test } from 'vitest';
import { lossByRate, renderPng, trainingComparison, trainingHistory } from '../../src/index.js';
import { sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';

const EXTREMES = [
  NaN,
  Infinity,
  -Infinity,
  0,
  1e-300,
  1e-45,
  1e-7,
  1,
  1 + 2 ** -52,
  1e5,
  1e30,
  3.4e38,
  1e300,
  -1,
  -1e30,
  -1e300,
];
const MEASURES = new Set([
  'loss',
  'losses',
  'median',
  'low',
  'high',
  'smoothed',
  'slope',
  'validation',
  'accuracy',
  'mae',
]);

/** A result with some of its losses and metrics replaced by extreme ones. */
function withExtremes<Result>(result: Result, seed: number): Result {
  const random = seededRandom(seed, 'extremes');
  const share = random();
  const few = Array.from({ length: 2 }, () => EXTREMES[Math.floor(random() * EXTREMES.length)] as number);
  const replace = (value: unknown, name: string): unknown => {
    if (typeof value === 'number' && MEASURES.has(name) && random() < share)
      return few[Math.floor(random() * few.length)] as number;
    if (Array.isArray(value)) return value.map((each) => replace(each, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === 'range' || key === 'suggestion' ? each : replace(each, key),
      ]),
    );
  };
  return replace(result, '') as Result;
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

// A renderer that panics ends this process, and with it the run.
describe('extreme losses and metrics are drawn', () => {
  test.each(Array.from({ length: 8 }, (_, seed) => seed))('with seed %d', async (seed) => {
    const sweep: SweepResult = withExtremes(sampleSweep({ steps: 40 }), seed);
    const comparison: Comparison = withExtremes(
      sampleComparison({ a: {}, b: { floor: 0.2 }, c: { start: 1e6 } }),
      seed,
    );
    const history: TrainingResult = withExtremes(sampleHistory(), seed);
    const diverged: TrainingResult = withExtremes(sampleHistory({ divergedAt: 437 }), seed);
    for (const chart of [
      ...[lossByRate(sweep), trainingComparison(comparison), trainingHistory(history), trainingHistory(diverged)],
    ])
      expect((await renderPng(chart, { scale: 0.5 })).subarray(0, 8)).toEqual(PNG);
  });
});

test.each([10, 1e3, 1e6, 1e30])('a line wholly outside the axis, %d times higher, is drawn', async (factor) => {
  const near = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`near ${i}`, { floor: 0.01 * i }]));
  const far = { start: 2.3 * factor, floor: 2.2 * factor, left: 0.9 };
  const comparison = sampleComparison({ ...near, far, farther: { ...far, noise: 0 } });
  expect((await renderPng(trainingComparison(comparison))).subarray(0, 8)).toEqual(PNG);
});

test.each([0, 1e-320, 1e39, 1.7e308])('a training at a rate of %d is drawn', async (rate) => {
  const history = sampleHistory({ rate: (step) => (step < 500 ? rate : 0.001) });
  expect((await renderPng(trainingHistory(history))).subarray(0, 8)).toEqual(PNG);
});

test('one point is drawn, also where its loss is no finite number', async () => {
  for (const start of [2.3, Number.NaN, 1e300]) {
    const results = [
      lossByRate(sampleSweep({ steps: 1, seeds: 1, start })),
      trainingHistory(sampleHistory({ epochs: 1, stepsPerEpoch: 1, start })),
      trainingComparison(sampleComparison({ a: { epochs: 1, start } }, 1)),
    ];
    for (const chart of results) expect((await renderPng(chart, { scale: 0.5 })).subarray(0, 8)).toEqual(PNG);
  }
});
