import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { CompareOptions } from '../../src/options.js';
import { heights, network, points, regression } from '../train/small-trainings.js';

// Before the cases below are made.
await useBackend('wasm');

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, repeats: 2, loss: 'mse', optimizer: 'sgd' };

describe('bad input is refused with one sentence', () => {
  const one = [{ learningRate: 0.1 }];
  const softmax = network(3, 'softmax');
  test.each<[string, object, RegExp]>([
    ['no trial', { trials: [] }, /^trials must be a list of at least one trial, such as .*; got \[\]$/],
    [
      'trials that are no list',
      { trials: { learningRate: 1 } },
      /^trials must be a list of at least one trial, .*; got \{"learningRate":1\}$/,
    ],
    [
      'nothing held out',
      { trials: one, validationSplit: 0 },
      /^validationSplit must be above 0 without validation rows, because trials are ranked by their loss on validation rows; got 0$/,
    ],
    [
      'validation rows twice',
      { trials: one, validationSplit: 0.1, validation: data },
      /^validationSplit must be left out when validation rows are given; got 0.1$/,
    ],
    ['an unknown option', { trials: one, repeat: 1 }, /^unknown option repeat; did you mean repeats\?/],
    [
      'an option of a trial that is misspelt',
      { trials: [...one, { learningRate: 0.2, batchsize: 8 }] },
      /^trials\[1\]: unknown option batchsize; did you mean batchSize\? Options: learningRate, optimizer, batchSize,/,
    ],
    ['a rate in place of a trial', { trials: [0.1] }, /^trials\[0\] must be an object such as .*; got 0.1$/],
    ['no repeat', { trials: one, repeats: 0 }, /^repeats must be a whole number at least 1 and at most 1000; got 0$/],
    [
      'seeds that round to one another',
      { trials: one, seed: 2 ** 53 - 1, repeats: 3 },
      /^seed must be at most 9007199254740989 for 3 repeats; got 9007199254740991$/,
    ],
    ['one step', { trials: one, steps: 1 }, /^steps must be a whole number at least 2/],
    ['two equal trials', { trials: [...one, ...one] }, /^two trials are called "lr 0.1": each must differ/],
    [
      'two trials of one name',
      {
        trials: [
          { learningRate: 1, name: 'a' },
          { learningRate: 2, name: 'a' },
        ],
      },
      /^two trials are called "a"/,
    ],
    [
      'a batch of no rows',
      { trials: [{ learningRate: 0.1, batchSize: 0 }] },
      /^batchSize must be a whole number at least 1; got 0$/,
    ],
    [
      'an unknown optimizer',
      { trials: [{ learningRate: 0.1, optimizer: 'adm' }] },
      /^optimizer must be one of .*; got "adm"; did you mean adam\?$/,
    ],
    ['no rate', { trials: [{ optimizer: 'adam' }] }, /^a schedule must be a rate/],
    [
      'a schedule that gives no rate',
      { trials: [{ learningRate: (step: number) => 0.1 - step }] },
      /for step 1 must be a finite number at least 0; got -0.9$/,
    ],
    [
      'one model on different rows',
      { trials: [...one, { learningRate: 0.2, data: { ...data } }] },
      /must have the same rows in all trials; otherwise they could not be compared$/,
    ],
    [
      'models with different losses',
      {
        loss: undefined,
        trials: [...one, { learningRate: 0.2, model: softmax, data: { xs, ys: xs.map((_, i) => i % 3) } }],
      },
      /must have the same loss; got meanSquaredError and sparseCategoricalCrossentropy$/,
    ],
    [
      'models on more and fewer rows',
      {
        trials: [
          ...one,
          { learningRate: 0.2, model: network(1, 'linear'), data: { xs: xs.slice(0, 30), ys: data.ys.slice(0, 30) } },
        ],
      },
      /must train on and hold out equally many rows; got 32 and 8, against 24 and 6$/,
    ],
    [
      'an evaluation at the end alone, to halve by',
      { halving: true, epochs: 1, trials: [1, 2, 3, 4, 5].map((learningRate) => ({ learningRate })) },
      /^halving needs at least 2 evaluations of each training, to drop trials before the last; got 1$/,
    ],
    [
      'a search that finds nothing',
      {
        loss: (y: tf.Tensor, p: tf.Tensor) => tf.mul(tf.losses.meanSquaredError(y, p), Number.NaN),
        trials: [{ learningRate: 'find' }],
      },
      /^learningRate must be given, because the search found none: /,
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
