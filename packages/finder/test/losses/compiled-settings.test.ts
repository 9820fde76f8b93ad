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
  ['Huber with another delta', keras('Huber', { delta: 2 }), 'huber(delta=2)'],
  ['Huber of Keras 3, which leaves delta out', keras('Huber', { reduction: 'sum_over_batch_size' }), 'huber'],
  ['a sum over the batch', keras('MeanSquaredError', { reduction: 'sum' }), 'meanSquaredError(reduction=sum)'],
  [
    'label smoothing',
    keras('CategoricalCrossentropy', { label_smoothing: 0.1 }),
    'categoricalCrossentropy(labelSmoothing=0.1)',
  ],
  [
    'label smoothing of logits, summed',
    keras('BinaryCrossentropy', { from_logits: true, label_smoothing: 0.2, reduction: 'sum' }),
    'sigmoidCrossEntropy(labelSmoothing=0.2,reduction=sum)',
  ],
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
    ['a loss for each entry', { loss: keras('MeanSquaredError', { reduction: 'none' }) }, /reduction .*"none"/],
    [
      'a mean by weights',
      { loss: keras('Huber', { reduction: 'mean_with_sample_weight' }) },
      /reduction must be one of/,
    ],
    [
      'label smoothing above 1',
      { loss: keras('CategoricalCrossentropy', { label_smoothing: 2 }) },
      /labelSmoothing must be .*2/,
    ],
    ['a delta of 0', { loss: keras('Huber', { delta: 0 }) }, /delta must be .*0/],
    [
      'label smoothing of class numbers',
      { loss: keras('SparseCategoricalCrossentropy', { label_smoothing: 0.1 }) },
      /label_smoothing must be 0; got 0\.1/,
    ],
    ['a setting of a later version', { loss: keras('MeanSquaredError', { trim: 0.1 }) }, /trim must be null; got 0\.1/],
    ['a focal loss', { loss: keras('CategoricalFocalCrossentropy', { alpha: 0.25 }) }, /loss must be one of/],
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
