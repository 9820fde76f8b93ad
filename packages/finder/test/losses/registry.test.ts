import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { TargetKind } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { losses, lossFunction, lossNamed, lossNames } from '../../src/losses/registry.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Targets of two rows for an output of three units, each of which a loss of this kind may have. */
const targets: Record<TargetKind, number[][][]> = {
  label: [[[2], [0]]],
  // One column of labels, or a probability for each class.
  'label-or-distribution': [
    [[2], [0]],
    [
      [0, 0, 1],
      [0.5, 0.25, 0.25],
    ],
  ],
  distribution: [
    [
      [0, 0, 1],
      [1, 0, 0],
    ],
    [
      [0.2, 0.3, 0.5],
      [0.5, 0.25, 0.25],
    ],
  ],
  probability: [
    [
      [0, 1, 1],
      [1, 0, 0],
    ],
    [
      [0.1, 0.9, 0.5],
      [1, 0.3, 0],
    ],
  ],
  sign: [
    [
      [-1, 1, 1],
      [1, -1, -1],
    ],
  ],
  'non-negative': [
    [
      [0, 1, 7],
      [2.5, 0, 0.1],
    ],
  ],
  number: [
    [
      [0, -1, 7],
      [2.5, 0, -0.1],
    ],
  ],
};

describe.each(losses)('law: $name', (kind) => {
  const { name, aliases = [], target, compute, onLogits, yesAbove, tfjs } = kind;

  test('its name and its aliases, in any spelling, mean it and nothing else', () => {
    const snake = (text: string) => text.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
    for (const spelling of [name, ...aliases])
      for (const spelled of [
        spelling,
        spelling.toUpperCase(),
        snake(spelling),
        snake(spelling).replaceAll('_', '-'),
        `${spelling[0]?.toUpperCase()}${spelling.slice(1)}`,
      ])
        expect(lossNamed(spelled), spelled).toBe(kind);
    for (const alias of aliases) expect(alias).toMatch(/^[a-z0-9]+$/);
    const others = losses.filter((each) => each !== kind);
    for (const other of others)
      for (const spelling of [other.name, ...(other.aliases ?? [])])
        expect([name.toLowerCase(), ...aliases]).not.toContain(spelling.toLowerCase());
  });

  test.each(targets[target])('has finite numbers, and a finite gradient, on targets of its kind: %j', (...rows) => {
    const tensors = tf.memory().numTensors;
    const found = tf.tidy(() => {
      const y = tf.tensor2d(rows);
      const prediction = tf.tensor2d([
        [0.2, 0.3, 0.5],
        [0.6, 0.3, 0.1],
      ]);
      const loss = lossFunction(kind);
      const value = loss(y, prediction);
      const slope = tf.grad((p) => tf.mean(loss(y, p)))(prediction);
      return { size: value.size, numbers: [...value.dataSync(), ...slope.dataSync()] };
    });
    // One number for each row, for each unit, or in all.
    expect([1, 2, 6]).toContain(found.size);
    expect(found.numbers.every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('is what model.compile of TensorFlow.js takes under its name, unless it says how to write it there', () => {
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const compile = () => model.compile({ optimizer: 'sgd', loss: name });
    expect(tfjs === undefined).toBe(compute === undefined);
    if (tfjs === undefined) expect(compile).not.toThrow();
    else {
      // Where TensorFlow.js knows the name, it must mean the same; it knows none of those that are added here.
      expect(compile).toThrow();
      expect(tfjs).toMatch(/^tf\.losses\.\w+$/);
      expect((tf.losses as unknown as Record<string, unknown>)[String(tfjs).replace('tf.losses.', '')]).toBeTypeOf(
        'function',
      );
    }
    model.dispose();
  });

  test('its loss on logits is an entry that takes the same targets, and gives the same where nothing is clipped', () => {
    if (!onLogits) return;
    const { activation, loss } = onLogits;
    expect(lossNames).toContain(loss);
    const other = lossNamed(loss);
    expect(other.onLogits).toBeUndefined();
    expect(other.target.split('-or-')).toContain(target);
    for (const rows of targets[target]) {
      const [mine, theirs] = tf.tidy(() => {
        const [y, logits] = [
          tf.tensor2d(rows),
          tf.tensor2d([
            [1, -0.5, 2],
            [-1, 0.25, 0.5],
          ]),
        ];
        const probabilities = activation === 'softmax' ? tf.softmax(logits) : tf.sigmoid(logits);
        return [
          tf.mean(lossFunction(kind)(y, probabilities)).dataSync()[0] as number,
          tf.mean(lossFunction(other)(y, logits)).dataSync()[0] as number,
        ] as const;
      });
      expect(mine).toBeCloseTo(theirs, 5);
    }
  });

  test('has a border between yes and no exactly if its units are each a yes or no', () => {
    expect(yesAbove !== undefined).toBe(target === 'probability' || target === 'sign');
  });
});

test.each([
  'MeanSquaredError',
  'MeanAbsoluteError',
  'MeanAbsolutePercentageError',
  'MeanSquaredLogarithmicError',
  'CosineSimilarity',
  'Huber',
  'LogCosh',
  'Hinge',
  'SquaredHinge',
  'CategoricalHinge',
  'BinaryCrossentropy',
  'CategoricalCrossentropy',
  'SparseCategoricalCrossentropy',
  'KLDivergence',
  'Poisson',
  'mean_squared_error',
  'mean_absolute_error',
  'mean_absolute_percentage_error',
  'mean_squared_logarithmic_error',
  'cosine_similarity',
  'huber',
  'huber_loss',
  'log_cosh',
  'logcosh',
  'hinge',
  'squared_hinge',
  'categorical_hinge',
  'binary_crossentropy',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'kl_divergence',
  'kullback_leibler_divergence',
  'poisson',
  'mse',
  'MSE',
  'mae',
  'mape',
  'msle',
  'bce',
  'kld',
])('Keras’s name %s is known', (name) => {
  expect(losses).toContain(lossNamed(name));
});

test.each([
  ['mze', '; did you mean mse?'],
  ['binaryCrossentropi', '; did you mean binaryCrossentropy?'],
  ['constructor', ''],
  ['', ''],
])('the unknown name "%s" is refused, with the nearest', (name, hint) => {
  expect(() => lossNamed(name)).toThrow(InputError);
  expect(() => lossNamed(name)).toThrow(
    new InputError(`loss must be one of ${lossNames.join(', ')}; got ${JSON.stringify(name)}${hint}`),
  );
});
