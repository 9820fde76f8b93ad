import type { SweepResult } from '@lrfind/core/results';
import { expect, test } from 'vitest';
import { codeLines } from '../../src/shared/code-lines.js';

const lines = (optimizer: object, loss = 'meanSquaredError') =>
  codeLines({ suggestion: { learningRate: 0.0123456 }, setup: { optimizer, loss } } as SweepResult).split('\n');
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
