import { useBackend } from '@lrfind/backends';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossNamed, lossNames } from '../../src/losses/registry.js';
import { metricsOf } from '../../src/metrics.js';
import { backend } from '../backend.js';
import { messageOf } from '../message-of.js';
import { network } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const known = 'accuracy, topKAccuracy, auc, precision, recall, f1Score, meanAbsoluteError, meanSquaredError, r2Score';

/** The entry of a loss; null stands for the caller's own function. */
const kindOf = (loss: string | null) => (loss === null ? null : lossNamed(loss));

describe('the metrics of a model', () => {
  const names = (wanted: string[] | undefined, losses: (string | null)[], model: LayersModel) =>
    metricsOf(wanted, losses.map(kindOf), model).map(({ name, output }) => [name, output]);
  let one: LayersModel;
  let two: LayersModel;
  beforeAll(() => {
    one = network(1, 'linear');
    const inputs = input({ shape: [2] });
    const outputs = ['price', 'kind'].map((name) => layers.dense({ units: 3, name }).apply(inputs) as SymbolicTensor);
    two = functional({ inputs, outputs });
  });

  test('follow from the loss: accuracy for all that tell classes, else the absolute error, unless that is the loss', () => {
    for (const loss of lossNames) {
      const numbers = ['number', 'non-negative'].includes(lossNamed(loss).target);
      const expected = !numbers ? ['accuracy'] : loss === 'meanAbsoluteError' ? [] : ['meanAbsoluteError'];
      expect(
        names(undefined, [loss], one).map(([name]) => name),
        loss,
      ).toEqual(expected);
    }
    expect(names(undefined, [null], one)).toEqual([]);
  });

  test('of several outputs bear their names', () => {
    expect(names(undefined, ['meanSquaredError', 'softmaxCrossEntropy'], two)).toEqual([
      ['price_meanAbsoluteError', 0],
      ['kind_accuracy', 1],
    ]);
    expect(names(['mse', 'mae'], ['meanSquaredError', null], two)).toEqual([
      ['price_meanSquaredError', 0],
      ['price_meanAbsoluteError', 0],
      ['kind_meanSquaredError', 1],
      ['kind_meanAbsoluteError', 1],
    ]);
  });

  test('of accuracy are found by Keras’s names for its forms, where the loss has that form', () => {
    for (const [name, loss, model] of [
      ['binary_accuracy', 'binaryCrossentropy', one],
      ['BinaryAccuracy', 'sigmoidCrossEntropy', one],
      ['categorical_accuracy', 'categoricalCrossentropy', network(3, 'softmax')],
      ['SparseCategoricalAccuracy', 'sparseCategoricalCrossentropy', network(3, 'softmax')],
    ] as const)
      expect(names([name], [loss], model)).toEqual([['accuracy', 0]]);
    expect(messageOf(() => names(['binary_accuracy'], ['categoricalCrossentropy'], network(3, 'softmax')))).toBe(
      'metrics: binaryAccuracy needs an output where a unit is the probability of yes; got categoricalCrossentropy',
    );
    expect(messageOf(() => names(['binary_accuracy'], ['hinge'], one))).toMatch(/^metrics: binaryAccuracy needs/);
    expect(messageOf(() => names(['categorical_accuracy'], ['binaryCrossentropy'], one))).toBe(
      'metrics: categoricalAccuracy needs an output with a unit for each class; got binaryCrossentropy, where a unit is a yes or no',
    );
  });

  test('are found by other spellings', () => {
    for (const name of ['acc', 'Accuracy', 'ACC']) expect(names([name], ['hinge'], one)).toEqual([['accuracy', 0]]);
    for (const name of ['mean_absolute_error', 'MAE', 'mean-absolute-error'])
      expect(names([name], ['huber'], one)).toEqual([['meanAbsoluteError', 0]]);
    expect(names([], ['huber'], one)).toEqual([]);
  });

  test.each<[string[], string, string]>([
    [['acuracy'], 'hinge', `metrics must be some of ${known}; got "acuracy"; did you mean accuracy?`],
    [['gini'], 'hinge', `metrics must be some of ${known}; got "gini"`],
    [['accuracy'], 'huber', 'metrics: accuracy needs a loss of classes; got huber, which is of numbers'],
    [
      ['mae'],
      'sparseCategoricalCrossentropy',
      'metrics: meanAbsoluteError needs targets that are numbers; got the loss sparseCategoricalCrossentropy, whose targets are class numbers',
    ],
  ])('%j with %s is refused', (wanted, loss, message) => {
    expect(messageOf(() => metricsOf(wanted, [lossNamed(loss)], one))).toBe(message);
  });
});
