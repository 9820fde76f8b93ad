import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossFunction, lossNamed, lossNames } from '../../src/losses/registry.js';
import { namedLosses } from '../../src/losses/resolve.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

describe.each(lossNames)('law: %s', (name) => {
  test('is a finite number a row or in all, without a leaked tensor', () => {
    const sparse = name === 'sparseCategoricalCrossentropy';
    const target = sparse
      ? tf.tensor2d([[1], [0]])
      : tf.tensor2d([
          [0, 1],
          [1, 0],
        ]);
    const prediction = tf.tensor2d([
      [0.3, 0.7],
      [0.6, 0.4],
    ]);
    const loss = lossFunction(lossNamed(name));
    const before = tf.memory().numTensors;
    const value = loss(target, prediction);
    expect([1, 2]).toContain(value.size);
    expect([...value.dataSync()].every(Number.isFinite)).toBe(true);
    value.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    (text: string) => text.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
    (text: string) => text[0]?.toUpperCase() + text.slice(1),
  ])('is found under its other spellings', (spelling) => {
    expect(lossNamed(spelling(name)).name).toBe(name);
  });
});

// −log softmax and the logistic loss, worked out from their definitions.
const logits = [
  [2, -1, 0.5],
  [0.1, 0.2, -3],
];
const classes = [2, 0];
const crossEntropy = logits.map((row, i) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
  return Math.log(total) - (row[classes[i] as number] as number);
});

test('softmaxCrossEntropy takes class numbers or one-hot rows, and is the mean of −log softmax', () => {
  const expected = ((crossEntropy[0] as number) + (crossEntropy[1] as number)) / 2;
  const loss = lossFunction(lossNamed('softmaxCrossEntropy'));
  for (const target of [
    tf.tensor2d(classes, [2, 1]),
    tf.tensor2d([
      [0, 0, 1],
      [1, 0, 0],
    ]),
  ]) {
    expect(tf.mean(loss(target, tf.tensor2d(logits))).dataSync()[0]).toBeCloseTo(expected, 5);
  }
});

test('sigmoidCrossEntropy is log(1 + e^(−x)) for a target of one', () => {
  const value = tf.mean(
    lossFunction(lossNamed('sigmoidCrossEntropy'))(tf.tensor2d([[1], [1]]), tf.tensor2d([[0.7], [-2]])),
  );
  expect(value.dataSync()[0]).toBeCloseTo((Math.log1p(Math.exp(-0.7)) + Math.log1p(Math.exp(2))) / 2, 5);
});

test('huber is half the square below 1 and linear above', () => {
  const value = tf.mean(lossFunction(lossNamed('huber'))(tf.tensor2d([[0], [0]]), tf.tensor2d([[0.5], [3]])));
  expect(value.dataSync()[0]).toBeCloseTo((0.125 + 2.5) / 2, 5);
});

test.each([
  ['mse', 'meanSquaredError'],
  ['MAE', 'meanAbsoluteError'],
  ['sparse_categorical_crossentropy', 'sparseCategoricalCrossentropy'],
  ['KLDivergence', 'kullbackLeiblerDivergence'],
  ['cosine_similarity', 'cosineProximity'],
  ['log_cosh', 'logcosh'],
])('%s means %s', (spelling, name) => {
  expect(lossNamed(spelling).name).toBe(name);
});

describe('losses of several outputs', () => {
  let model: LayersModel;
  beforeAll(() => {
    const inputs = input({ shape: [1] });
    const outputs = ['one', 'two'].map((name) => layers.dense({ units: 1, name }).apply(inputs) as SymbolicTensor);
    model = functional({ inputs, outputs });
  });

  test('one name serves all, a list and a record are dealt out', () => {
    expect(namedLosses('mse', model)?.kinds.map((kind) => kind?.name)).toEqual([
      'meanSquaredError',
      'meanSquaredError',
    ]);
    expect(namedLosses(['mse', 'mae'], model)?.kinds.map((kind) => kind?.name)).toEqual([
      'meanSquaredError',
      'meanAbsoluteError',
    ]);
    expect(namedLosses({ two: 'mae', one: 'mse' }, model)?.kinds.map((kind) => kind?.name)).toEqual([
      'meanSquaredError',
      'meanAbsoluteError',
    ]);
    expect(namedLosses(undefined, model)).toBeUndefined();
  });

  test('a wrong number, an unknown and a missing output are refused', () => {
    expect(() => namedLosses(['mse'], model)).toThrow(/^loss must have one entry for each output \(one, two\); got 1$/);
    expect(() => namedLosses({ one: 'mse', three: 'mse' }, model)).toThrow(
      /^loss must name outputs of the model \(one, two\); got "three"$/,
    );
    expect(() => namedLosses({ one: 'mse' }, model)).toThrow(
      /^loss must have an entry for the output "two"; got none$/,
    );
  });
});
