import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { metrics } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossNamed } from '../../src/losses/registry.js';
import { metricKinds } from '../../src/metrics.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** The entries that are means over rows. */
const means = metricKinds.flatMap(({ name, measure }) => (typeof measure === 'function' ? [{ name, measure }] : []));

/** A metric, as a number. */
function measured(name: string, target: tf.Tensor, prediction: tf.Tensor, loss: string | null): number {
  const kind = means.find((each) => each.name === name);
  if (!kind) throw new Error(`no metric ${name}`);
  const value = tf.tidy(
    () => tf.mean(kind.measure(target, prediction, loss === null ? null : lossNamed(loss))).dataSync()[0] as number,
  );
  tf.dispose([target, prediction]);
  return value;
}

const waves = (shape: number[], pace: number) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(pace * i + 1)),
    shape,
  );

describe('every entry of the table', () => {
  test('has a name of its own, as a loss or a log is called, and a summary', () => {
    expect(new Set(metricKinds.map(({ name }) => name)).size).toBe(metricKinds.length);
    for (const { name, summary } of metricKinds) {
      expect(name).toMatch(/^[a-z]+\d?([A-Z][a-z]*)*$/);
      expect(summary).toMatch(/^[a-z][^.]{10,}[^.]$/);
    }
  });

  test.each(means)('$name makes one tensor, of float32, and leaves what it was given', (kind) => {
    for (const shape of [
      [5, 1],
      [5, 3],
      [5, 2, 3],
    ]) {
      const [target, prediction] = [waves(shape, 1.1), waves(shape, 0.7)];
      const before = [...target.dataSync(), ...prediction.dataSync()];
      const tensors = tf.memory().numTensors;
      const value = tf.tidy(() => kind.measure(target, prediction, null));
      expect(tf.memory().numTensors).toBe(tensors + 1);
      expect(value.dtype).toBe('float32');
      // Rows first: their mean is the metric, and parts of different size are weighed by their rows.
      expect(value.size % 5).toBe(0);
      expect([...target.dataSync(), ...prediction.dataSync()]).toEqual(before);
      tf.dispose([target, prediction, value]);
    }
  });

  test.each(means)('$name of rows is the mean of its parts, weighed by their rows', ({ name }) => {
    const parts = (size: number, from: number) =>
      measured(
        name,
        tf.slice(waves([7, 3], 1.1), [from, 0], [size, 3]),
        tf.slice(waves([7, 3], 0.7), [from, 0], [size, 3]),
        null,
      );
    expect(parts(7, 0)).toBeCloseTo((2 * parts(2, 0) + 5 * parts(5, 2)) / 7, 6);
  });
});

describe('accuracy, by hand:', () => {
  const accuracy = (target: number[][], prediction: number[][], loss: string | null) =>
    measured('accuracy', tf.tensor2d(target), tf.tensor2d(prediction), loss);
  const three = [
    [0.5, 0.3, 0.2],
    [0.1, 0.2, 0.7],
    [0.4, 0.35, 0.25],
    [0.3, 0.6, 0.1],
  ];

  test('class numbers: the most likely class is the right one in three of four rows', () => {
    const labels = [[0], [2], [1], [1]];
    for (const loss of ['sparseCategoricalCrossentropy', 'softmaxCrossEntropy', null])
      expect(accuracy(labels, three, loss)).toBe(0.75);
  });

  test('one-hot rows, and distributions: the likeliest of both', () => {
    const rows = [
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [0.2, 0.5, 0.3],
    ];
    for (const loss of [
      'categoricalCrossentropy',
      'categoricalHinge',
      'kullbackLeiblerDivergence',
      'softmaxCrossEntropy',
      null,
    ])
      expect(accuracy(rows, three, loss)).toBe(0.75);
  });

  test('yes or no: above a half of a probability, above 0 of a logit or a sign', () => {
    const yes = [[1], [0], [1], [0]];
    const near = [[0.6], [0.4], [0.3], [0.9]];
    expect(accuracy(yes, near, 'binaryCrossentropy')).toBe(0.5);
    expect(accuracy(yes, near, null)).toBe(0.5);
    // All of these logits are above 0.
    expect(accuracy(yes, near, 'sigmoidCrossEntropy')).toBe(0.5);
    expect(accuracy(yes, [[2], [-3], [0.1], [-0.1]], 'sigmoidCrossEntropy')).toBe(1);
    for (const loss of ['hinge', 'squaredHinge'])
      expect(accuracy([[1], [-1], [1], [-1]], [[0.2], [-0.3], [-2], [0.7]], loss)).toBe(0.5);
  });

  test('several yes or no a row count one by one', () => {
    // Right: both; the first; none; both.
    const rows = [
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 0],
    ];
    const given = [
      [0.9, 0.2],
      [0.3, 0.1],
      [0.2, 0.4],
      [0.1, 0.3],
    ];
    expect(accuracy(rows, given, 'binaryCrossentropy')).toBe(5 / 8);
  });

  test('a class for each step of a sequence', () => {
    const prediction = tf.tensor3d([
      [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
      [
        [0.3, 0.7],
        [0.6, 0.4],
      ],
    ]);
    const loss = 'sparseCategoricalCrossentropy';
    expect(
      measured(
        'accuracy',
        tf.tensor3d([
          [[0], [1]],
          [[1], [1]],
        ]),
        prediction.clone(),
        loss,
      ),
    ).toBe(0.75);
    expect(
      measured(
        'accuracy',
        tf.tensor2d([
          [0, 1],
          [1, 1],
        ]),
        prediction,
        loss,
      ),
    ).toBe(0.75);
  });
});

describe('those of TensorFlow.js give the same', () => {
  const probabilities = () => tf.tidy(() => tf.softmax(waves([20, 4], 1.3)));
  const labels = () => tf.tensor2d(Array.from({ length: 20 }, (_, i) => [(i * 7) % 4]));
  const numberOf = (value: tf.Tensor) => tf.mean(value).dataSync()[0] as number;

  test('accuracies', () => {
    const oneHot = () => tf.tidy(() => tf.cast(tf.oneHot(tf.cast(tf.reshape(labels(), [20]), 'int32'), 4), 'float32'));
    const sparse = numberOf(metrics.sparseCategoricalAccuracy(labels(), probabilities()));
    // Neither all nor nothing.
    expect(sparse * (1 - sparse)).toBeGreaterThan(0);
    expect(measured('accuracy', labels(), probabilities(), 'sparseCategoricalCrossentropy')).toBeCloseTo(sparse, 6);
    const categorical = numberOf(metrics.categoricalAccuracy(oneHot(), probabilities()));
    expect(measured('accuracy', oneHot(), probabilities(), 'categoricalCrossentropy')).toBeCloseTo(categorical, 6);
    const yes = () => tf.tidy(() => tf.cast(tf.greater(waves([20, 2], 0.9), 0), 'float32'));
    const given = () => tf.tidy(() => tf.sigmoid(waves([20, 2], 2.3)));
    const binary = numberOf(metrics.binaryAccuracy(yes(), given()));
    expect(measured('accuracy', yes(), given(), 'binaryCrossentropy')).toBeCloseTo(binary, 6);
  });

  test('errors', () => {
    const [target, given] = [() => waves([20, 3], 1.1), () => waves([20, 3], 0.7)];
    expect(measured('meanSquaredError', target(), given(), null)).toBeCloseTo(
      numberOf(metrics.meanSquaredError(target(), given())),
      6,
    );
    expect(measured('meanAbsoluteError', target(), given(), null)).toBeCloseTo(
      numberOf(metrics.meanAbsoluteError(target(), given())),
      6,
    );
    // Targets without the last dimension of one are compared one to one, not each with each.
    expect(measured('meanSquaredError', tf.tensor1d([1, 2, 4]), tf.tensor2d([[1], [1], [1]]), null)).toBeCloseTo(
      10 / 3,
      6,
    );
    expect(measured('meanAbsoluteError', tf.tensor1d([1, 2, 4]), tf.tensor2d([[1], [1], [1]]), null)).toBeCloseTo(
      4 / 3,
      6,
    );
  });
});
