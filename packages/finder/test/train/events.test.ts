import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import type { TrainingStepEvent } from '../../src/engine/fit.js';
import type { StepEvent } from '../../src/engine/search-groups.js';
import type { TryEvent } from '../../src/options.js';
import { train } from '../../src/train.js';
import { heights, points, regression } from './small-trainings.js';

beforeAll(() => useBackend('wasm'));

test('onStep gets every step with its rate and its loss, which follow from the gradient', async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, useBias: false, inputShape: [1] })] });
  model.setWeights([tf.tensor2d([[-0.5]])]);
  const events: TrainingStepEvent[] = [];
  // The mean of (w − 2)² and (2 w − 4)², whose slope is 5 (w − 2), at rates that fall by half each step.
  const rate = (step: number) => 0.1 / 2 ** step;
  const { losses } = await train(
    model,
    { xs: [[1], [2]], ys: [2, 4] },
    {
      ...{ loss: 'meanSquaredError', optimizer: 'sgd', batchSize: 2, validationSplit: 0, epochs: 4 },
      learningRate: rate,
      onStep: (event) => events.push(event),
    },
  );
  let w = -0.5;
  const expected = [0, 1, 2, 3].map((step) => {
    const loss = 2.5 * (w - 2) ** 2;
    w -= rate(step) * 5 * (w - 2);
    return { step, steps: 4, rate: rate(step), loss: expect.closeTo(loss, 4) };
  });
  expect(events).toEqual(expected);
  expect(events.map(({ loss }) => loss)).toEqual(losses);
});

test('with a rate to be found, the sweeps and the trials of rates are told before the steps', async () => {
  const xs = points(60);
  const order: string[] = [];
  const sweeps: StepEvent[] = [];
  const tried: TryEvent[] = [];
  await train(
    regression(),
    { xs, ys: heights(xs) },
    {
      ...{ learningRate: 'find', epochs: 2, batchSize: 8, optimizer: 'sgd', loss: 'meanSquaredError' },
      onSearchStep: (event) => order.push('sweep') && sweeps.push(event),
      onTry: (event) => order.push('try') && tried.push(event),
      onStep: () => order.push('step'),
    },
  );
  expect(order.filter((what, i) => what !== order[i - 1])).toEqual(['sweep', 'try', 'step']);
  expect(sweeps.filter(({ step }) => step === 0)).toMatchObject(
    [0, 1, 2, 3, 4].map((repeat) => ({ repeat, repeats: 5, group: null, part: 0, parts: 1 })),
  );
  for (const { loss, step, length } of tried) {
    expect(step).toBeLessThanOrEqual(length);
    expect(loss === null || loss > 0).toBe(true);
  }
  expect(tried.some(({ loss }) => loss !== null)).toBe(true);
});
