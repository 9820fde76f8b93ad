import type { SweepResult } from '@lrfind/core/results';
import { resolveOptimizer } from '@lrfind/finder';
import { expect, test } from 'vitest';
import { codeLines } from '../../src/shared/code-lines.js';

const lines = (optimizer: object, loss = 'meanSquaredError', options: object = {}) =>
  codeLines({ suggestion: { learningRate: 0.0123456 }, setup: { optimizer, loss }, options } as SweepResult).split(
    '\n',
  );
const adam = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false };

test('defaults are left out', () => {
  expect(lines(adam)).toEqual([
    "model.compile({ optimizer: tf.train.adam(0.0123), loss: 'meanSquaredError' });",
    'optimizer = keras.optimizers.Adam(learning_rate=0.0123)',
  ]);
});

test('changed parameters stand at their places', () => {
  expect(lines({ ...adam, beta2: 0.9 })[0]).toContain('tf.train.adam(0.0123, 0.9, 0.9)');
  expect(lines({ ...adam, beta2: 0.9 })[1]).toContain('learning_rate=0.0123, beta_2=0.9)');
  expect(lines({ name: 'sgd', momentum: 0, nesterov: false })[0]).toContain('tf.train.sgd(0.0123)');
  expect(lines({ name: 'nesterov', momentum: 0.9, nesterov: true })).toEqual([
    expect.stringContaining('tf.train.momentum(0.0123, 0.9, true)'),
    'optimizer = keras.optimizers.SGD(learning_rate=0.0123, momentum=0.9, nesterov=True)',
  ]);
});

test('an optimizer that TensorFlow.js lacks is written for Keras alone', () => {
  expect(lines({ ...adam, amsgrad: true })).toEqual([
    'optimizer = keras.optimizers.Adam(learning_rate=0.0123, amsgrad=True)',
  ]);
  expect(lines({ name: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 })).toEqual([
    'optimizer = keras.optimizers.Nadam(learning_rate=0.0123)',
  ]);
});

test('losses that compile takes as functions, and the losses of several outputs', () => {
  expect(lines(adam, 'huber')[0]).toContain('loss: tf.losses.huberLoss }');
  expect(lines(adam, 'meanSquaredError, binaryCrossentropy')[0]).toContain(
    "loss: ['meanSquaredError', 'binaryCrossentropy'] }",
  );
});

test('without a suggestion there is no line', () => {
  expect(codeLines({ suggestion: null, setup: { optimizer: adam, loss: 'huber' } } as unknown as SweepResult)).toBe('');
});

test('an optimizer that Keras lacks, or has without a changed parameter, is written for optax', () => {
  const momo = { name: 'momo', momentum: 0.9, lowerBound: 0, weightDecay: 0, adaptLowerBound: false };
  expect(lines(momo)).toEqual(['optimizer = optax.contrib.momo(learning_rate=0.0123)']);
  expect(lines({ ...momo, momentum: 0.5, adaptLowerBound: true })).toEqual([
    'optimizer = optax.contrib.momo(learning_rate=0.0123, beta=0.5, adapt_lower_bound=True)',
  ]);
  const free = {
    name: 'schedule-free-adamw',
    beta1: 0.9,
    weightDecay: 0,
    weightLrPower: 2,
    beta2: 0.99,
    epsilon: 1e-8,
  };
  expect(lines(free)).toEqual(['optimizer = keras.optimizers.ScheduleFreeAdamW(learning_rate=0.0123, beta_2=0.99)']);
  expect(lines({ ...free, weightDecay: 0.1 })).toEqual([
    'optimizer = optax.contrib.schedule_free_adamw(learning_rate=0.0123, weight_decay=0.1, b2=0.99)',
  ]);
});

test('what none of them has is a call of train', () => {
  const momo = { name: 'momo', momentum: 0.9, lowerBound: 0, weightDecay: 0, adaptLowerBound: false, clipnorm: 2 };
  expect(lines(momo)).toEqual([
    "await train(model, { xs, ys }, { learningRate: 0.0123, optimizer: { name: 'momo', clipnorm: 2 }, loss: 'meanSquaredError' });",
  ]);
});

test('lists, and 0 where Keras says None', () => {
  const { parameters } = resolveOptimizer({ name: 'muon', rmsRate: 0, excludeLayers: ['output'], adamBeta1: 0.8 });
  expect(lines({ name: 'muon', ...parameters })).toEqual([
    'optimizer = keras.optimizers.Muon(learning_rate=0.0123, rms_rate=None, exclude_layers=["output"], adam_beta_1=0.8)',
  ]);
});

test('for a model or weights of Keras the line of Keras is first', () => {
  for (const options of [{ model: 'a/m.keras' }, { model: 'm.h5' }, { model: 'm.json', weights: 'm.weights.h5' }])
    expect(lines(adam, 'mse', options)[0]).toBe('optimizer = keras.optimizers.Adam(learning_rate=0.0123)');
  expect(lines(adam, 'mse', { model: 'model.json', weights: 'none' })[0]).toContain('tf.train.adam');
});

test('a loss with parameters, which TensorFlow.js cannot write, leaves its line out', () => {
  expect(lines(adam, 'huber(delta=0.5)')).toEqual(['optimizer = keras.optimizers.Adam(learning_rate=0.0123)']);
});
