import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type CompareOptions, compare } from '../../src/compare.js';
import { backend } from '../backend.js';
import { heights, network, points, regression } from '../train/small-trainings.js';

// Before the cases below are made.
await useBackend(backend);

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, seeds: 2, loss: 'mse', optimizer: 'sgd' };

describe('bad input is refused with one sentence', () => {
  const one = [{ learningRate: 0.1 }];
  const softmax = network(3, 'softmax');
  test.each<[string, object, RegExp]>([
    ['no run', { runs: [] }, /^runs: at least one run is needed, such as/],
    ['runs that are no list', { runs: { learningRate: 1 } }, /^runs: at least one run is needed/],
    [
      'nothing held out',
      { runs: one, validationSplit: 0 },
      /^validationSplit is 0, but runs are ranked by their loss on held-out rows/,
    ],
    ['held-out rows twice', { runs: one, validationSplit: 0.1, validation: data }, /leave one out$/],
    ['an unknown option', { runs: one, seedz: 1 }, /^unknown option seedz; did you mean seeds\?/],
    [
      'a run’s option that is misspelt',
      { runs: [...one, { learningRate: 0.2, batchsize: 8 }] },
      /^runs\[1\]: unknown option batchsize; did you mean batchSize\? Options: learningRate, optimizer, batchSize,/,
    ],
    ['a rate in the place of a run', { runs: [0.1] }, /^runs\[0\] must be an object such as .*; got 0.1$/],
    ['no seed', { runs: one, seeds: 0 }, /^seeds must be a whole number at least 1 and at most 1000; got 0$/],
    ['one step', { runs: one, steps: 1 }, /^steps must be a whole number at least 2/],
    ['two equal runs', { runs: [...one, ...one] }, /^two runs are called "lr 0.1"; each must differ/],
    [
      'two runs of one name',
      {
        runs: [
          { learningRate: 1, name: 'a' },
          { learningRate: 2, name: 'a' },
        ],
      },
      /^two runs are called "a"/,
    ],
    [
      'a batch of no rows',
      { runs: [{ learningRate: 0.1, batchSize: 0 }] },
      /^batchSize must be a whole number at least 1; got 0$/,
    ],
    ['an unknown optimizer', { runs: [{ learningRate: 0.1, optimizer: 'adm' }] }, /^unknown optimizer "adm"/],
    ['no rate', { runs: [{ optimizer: 'adam' }] }, /^a schedule must be a rate/],
    [
      'a schedule that gives no rate',
      { runs: [{ learningRate: (step: number) => 0.1 - step }] },
      /gave -0.9 at step 1; a learning rate must be a finite number of at least 0$/,
    ],
    [
      'one model on different rows',
      { runs: [...one, { learningRate: 0.2, data: { ...data } }] },
      /is to be compared on different rows, which would not be equal terms$/,
    ],
    [
      'models with different losses',
      {
        loss: undefined,
        runs: [...one, { learningRate: 0.2, model: softmax, data: { xs, ys: xs.map((_, i) => i % 3) } }],
      },
      /cannot be compared: their losses are meanSquaredError and sparseCategoricalCrossentropy$/,
    ],
    [
      'models on more and fewer rows',
      {
        runs: [
          ...one,
          { learningRate: 0.2, model: network(1, 'linear'), data: { xs: xs.slice(0, 30), ys: data.ys.slice(0, 30) } },
        ],
      },
      /cannot be compared: they train on 32 and hold out 8 rows, and on 24 and hold out 6$/,
    ],
    [
      'fewer measurements than halvings need',
      { halving: true, epochs: 3, runs: [1, 2, 3, 4, 5].map((learningRate) => ({ learningRate })) },
      /^halving: 5 runs are halved 2 times, for which the training must be measured 4 times; it is measured 3 times$/,
    ],
    [
      'a sweep that finds nothing',
      {
        loss: (y: tf.Tensor, p: tf.Tensor) => tf.mul(tf.losses.meanSquaredError(y, p), Number.NaN),
        runs: [{ learningRate: 'find' }],
      },
      /^the sweep found no learning rate/,
    ],
  ])('%s', async (_, options, message) => {
    const tensors = tf.memory().numTensors;
    const error = await compare(regression(), data, { ...few, ...options } as CompareOptions).catch(
      (thrown: Error) => thrown,
    );
    expect((error as Error).message).toMatch(message);
    expect((error as Error).name).toBe('InputError');
    // The model that was made for the call.
    expect(tf.memory().numTensors).toBe(tensors + 4);
  });
});
