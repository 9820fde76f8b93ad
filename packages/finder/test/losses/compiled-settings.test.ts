import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { compiledSettings } from '../../src/losses/compiled-settings.js';

const keras = (class_name: string, config: object) => ({ class_name, config });

test.each([
  ['a name', 'mse', 'meanSquaredError'],
  ['a name of Keras', 'sparse_categorical_crossentropy', 'sparseCategoricalCrossentropy'],
  ['a list', ['mse', 'mae'], ['meanSquaredError', 'meanAbsoluteError']],
  ['a record by output', { a: 'mse', b: 'bce' }, { a: 'meanSquaredError', b: 'binaryCrossentropy' }],
  ['an object', keras('MeanSquaredError', { reduction: 'sum_over_batch_size', name: 'mse' }), 'meanSquaredError'],
  [
    'an object on predictions',
    keras('CategoricalCrossentropy', { from_logits: false, label_smoothing: 0, axis: -1 }),
    'categoricalCrossentropy',
  ],
  ['an object on logits', keras('SparseCategoricalCrossentropy', { from_logits: true }), 'softmaxCrossEntropy'],
  ['binary on logits', keras('BinaryCrossentropy', { from_logits: true, reduction: 'auto' }), 'sigmoidCrossEntropy'],
  ['Huber with its default', keras('Huber', { delta: 1 }), 'huber'],
  [
    'objects by output',
    { a: keras('BinaryCrossentropy', { from_logits: true }), b: 'mae' },
    { a: 'sigmoidCrossEntropy', b: 'meanAbsoluteError' },
  ],
  [
    'a function',
    { module: 'builtins', class_name: 'function', config: 'mean_squared_error', registered_name: 'function' },
    'meanSquaredError',
  ],
  [
    'a function in a wrapper',
    keras('LossFunctionWrapper', { fn: keras('function', 'mean_absolute_error' as never), reduction: 'auto' }),
    'meanAbsoluteError',
  ],
])('reads a loss that is %s', (_, loss, expected) => {
  expect(compiledSettings({ loss }).loss).toEqual(expected);
});

test('a file that was not compiled, or has nulls, has no settings', () => {
  const nothing = { loss: undefined, lossWeights: undefined, metrics: [] };
  expect(compiledSettings(null)).toEqual(nothing);
  expect(
    compiledSettings({
      loss: null,
      loss_weights: null,
      metrics: null,
      weighted_metrics: null,
      sample_weight_mode: null,
    }),
  ).toEqual(nothing);
  expect(compiledSettings({ sample_weight_mode: { a: null, b: null } })).toEqual(nothing);
});

test.each([[[1, 0.5]], [{ a: 1, b: 0.5 }]])('reads the loss weights %j', (loss_weights) => {
  expect(compiledSettings({ loss_weights }).lossWeights).toEqual(loss_weights);
});

test('reads metrics of every form once each, weighted ones too', () => {
  const metrics = [['accuracy'], { b: ['mae', keras('AUC', { name: 'auc' })] }];
  expect(compiledSettings({ metrics, weighted_metrics: ['mae', 'mse'] }).metrics).toEqual([
    'accuracy',
    'mae',
    'AUC',
    'mse',
  ]);
});

test('reads metrics that Keras wrapped around a function', () => {
  const wrapped = (name: string, fn: unknown) => keras('MeanMetricWrapper', { name, dtype: 'float32', fn });
  const metrics = [
    [wrapped('accuracy', 'binary_accuracy'), wrapped('top', keras('function', 'mean_absolute_error' as never))],
    ['function'],
  ];
  expect(compiledSettings({ metrics }).metrics).toEqual(['accuracy', 'mean_absolute_error', 'function']);
});

describe('refuses by name', () => {
  test.each([
    ['label smoothing', { loss: keras('CategoricalCrossentropy', { label_smoothing: 0.1 }) }, /label_smoothing .*0\.1/],
    ['a sum over the batch', { loss: keras('MeanSquaredError', { reduction: 'sum' }) }, /reduction .*"sum"/],
    ['another delta', { loss: keras('Huber', { delta: 2 }) }, /delta must be 1; got 2/],
    ['an ignored class', { loss: keras('SparseCategoricalCrossentropy', { ignore_class: 0 }) }, /ignore_class .*null/],
    ['another axis', { loss: keras('CategoricalCrossentropy', { axis: 1 }) }, /axis must be -1; got 1/],
    ['an unknown loss', { loss: 'ctc' }, /loss must be one of/],
    ['an unknown loss object', { loss: keras('CTC', {}) }, /loss must be one of/],
    ['a loss that is a number', { loss: 3 }, /loss must be a name/],
    ['logits where there is no such loss', { loss: keras('KLDivergence', { from_logits: true }) }, /from_logits/],
    ['weights of single time steps', { sample_weight_mode: 'temporal' }, /sample_weight_mode must be null/],
    ['the same by output', { sample_weight_mode: { a: null, b: 'temporal' } }, /sample_weight_mode/],
  ])('%s', (_, config, message) => {
    expect(() => compiledSettings(config)).toThrow(InputError);
    expect(() => compiledSettings(config)).toThrow(message);
  });
});
