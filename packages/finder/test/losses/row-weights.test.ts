import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import type { ClassWeights } from '../../src/losses/class-weights.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Keras's losses of each batch and weights at the end; fixtures/row-weights/golden.py says how they were made. */
interface Golden {
  rate: number;
  batch: number;
  rows: number;
  cases: {
    name: string;
    shape: number[];
    units: number;
    activation: 'softmax';
    loss: string;
    initial: number[][];
    xs: number[];
    ys: number[];
    sample_weight?: number[];
    class_weight?: Record<string, number>;
    before: number;
    losses: number[];
    weights: number[][];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/row-weights/golden.json', import.meta.url), 'utf8'),
);
const { rate, batch, rows } = golden;
type Case = Golden['cases'][0];

function modelOf({ shape, units, activation, initial }: Case) {
  const model = sequential({ layers: [layers.dense({ units, activation, inputShape: shape })] });
  model.setWeights(model.getWeights().map((weight, i) => tf.tensor(initial[i] as number[], weight.shape)));
  return model;
}

function dataOf({ shape, xs, ys, sample_weight: sampleWeight }: Case) {
  return {
    xs: tf.tensor(xs, [rows, ...shape]),
    ys: tf.tensor(ys, [
      rows,
      ...(shape.length > 1 ? [shape[0] as number] : []),
      ys.length / rows / (shape.length > 1 ? (shape[0] as number) : 1),
    ]),
    ...(sampleWeight && { sampleWeight }),
  };
}

const whole = { optimizer: 'sgd', batchSize: batch, shuffle: 'off', epochs: 1, learningRate: rate } as const;
const close = (found: Iterable<number>, expected: readonly number[]) => {
  const values = [...found];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
};

describe.each(golden.cases.map((each) => [each.sample_weight ? 'rows' : 'classes', each.name, each] as const))(
  'weights of %s, %s',
  (_, __, given) => {
    test('train gives Keras’s losses, weights and evaluation, in compiled steps', async () => {
      const model = modelOf(given);
      const { losses, training, setup } = await train(model, dataOf(given), {
        ...{ ...whole, loss: given.loss, classWeight: given.class_weight, validation: dataOf(given) },
      });
      close(losses as number[], given.losses);
      for (const [i, weight] of model.getWeights().entries()) close(weight.dataSync(), given.weights[i] as number[]);
      expect(training.start?.loss).toBeCloseTo(given.before, 5);
      expect(setup.notes.filter((note) => note.includes('operation by operation'))).toEqual([]);
    });

    test('a sweep has them too', async () => {
      const rates = { startLr: rate * 0.999, endLr: rate, steps: 6, repeats: 1, batchSize: batch } as const;
      const { sweeps } = await findLearningRate(modelOf(given), dataOf(given), {
        ...{ ...rates, shuffle: 'off', optimizer: 'sgd', loss: given.loss, classWeight: given.class_weight },
      });
      for (const [i, { loss }] of (sweeps[0]?.points ?? []).entries())
        expect(Math.abs((loss as number) - (given.losses[i] as number))).toBeLessThan(2e-3);
    });
  },
);

const [classes] = golden.cases as [Case];

test('compare trains with them and ranks by the weighted loss of validation rows', async () => {
  const common = {
    loss: classes.loss,
    optimizer: 'sgd',
    steps: 6,
    repeats: 1,
    batchSize: batch,
    shuffle: 'off',
  } as const;
  const trials = [{ learningRate: rate }, { learningRate: rate / 2 }];
  const { trials: results } = await compare(modelOf(classes), dataOf(classes), {
    ...{ ...common, trials, validation: dataOf(classes) },
  });
  expect(results[0]?.trainings[0]?.start?.loss).toBeCloseTo(classes.before, 5);
});

test('balanced class weights are rows over classes times rows of the class', async () => {
  const { ys, ...given } = dataOf({ ...classes, sample_weight: undefined } as never as Case);
  const { setup } = await train(
    modelOf(classes),
    { ...given, ys },
    {
      ...{ ...whole, loss: classes.loss, classWeight: 'balanced', validationSplit: 0 },
    },
  );
  // Of 24 rows, 5 are of class 0, 14 of class 1, 5 of class 2.
  const count = (label: number) => classes.ys.filter((each) => each === label).length;
  const expected = [0, 1, 2]
    .map((label) => `${label} → ${Number((24 / (3 * count(label))).toPrecision(4))}`)
    .join(', ');
  expect(setup.notes).toContain(`class weights: ${expected}`);
});

test('weights that are all 1 change nothing but rounding, and leave no tensor behind', async () => {
  const losses = async (data: ReturnType<typeof dataOf>) =>
    (await train(modelOf(classes), data, { ...whole, loss: classes.loss })).losses as number[];
  const { sampleWeight: _, ...plain } = dataOf(classes);
  const ones = { ...plain, sampleWeight: new Array<number>(rows).fill(1) };
  close(await losses(ones), await losses(plain));
  const model = modelOf(classes);
  await train(model, ones, { ...whole, loss: classes.loss });
  const { numTensors } = tf.memory();
  await train(model, ones, { ...whole, loss: classes.loss });
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('refuses', () => {
  const tried = (data: object, options: object = {}) =>
    train(modelOf(classes), { ...dataOf(classes), ...data }, { ...whole, loss: classes.loss, ...options });

  test.each<[object, string]>([
    [{ sampleWeight: [1, 2] }, 'sampleWeight must have a number for each of the 24 rows; got 2'],
    [{ sampleWeight: new Array(24).fill(-1) }, 'sampleWeight[0] must be a number at least 0; got -1'],
  ])('%j', async (data, message) => {
    await expect(tried(data)).rejects.toThrow(message);
  });

  test.each<[unknown, string]>([
    ['even', 'classWeight must be "balanced" or a number for each class'],
    [[1, 2, 3], 'classWeight must be "balanced" or a number for each class'],
    [{ 3: 1 }, 'a class in classWeight must be one of 0, 1, 2; got "3"'],
    [{ 0: -1 }, 'classWeight of class 0 must be a number at least 0; got -1'],
    [{ 0: Number.NaN }, 'classWeight of class 0 must be a number at least 0; got NaN'],
  ])('class weights %j', async (classWeight, message) => {
    await expect(tried({}, { classWeight: classWeight as ClassWeights })).rejects.toThrow(message);
  });

  test('class weights for targets that are no classes', async () => {
    const numbers = golden.cases.find(({ name }) => name === 'numbers') as Case;
    const options = { ...whole, loss: 'mse', classWeight: { 0: 2 } };
    await expect(train(modelOf(numbers), dataOf(numbers), options)).rejects.toThrow(
      'classWeight needs targets that are classes',
    );
  });

  test('weights of rows with a loss that is one number in all', async () => {
    const loss = (y: tf.Tensor, p: tf.Tensor) => tf.mean(tf.square(tf.sub(y, p)));
    await expect(tried({}, { loss })).rejects.toThrow(
      'must give a number for each row, because rows have weights; got shape []',
    );
  });
});

test('weights that are 0 for all rows to train on are refused, since every loss would be 0', async () => {
  const [given] = golden.cases as [Case];
  const { xs, ys } = dataOf(given);
  const zeros = new Array<number>(rows).fill(0);
  const none = { xs, ys, sampleWeight: zeros };
  const options = { ...whole, loss: given.loss, validationSplit: 0 };
  await expect(train(modelOf(given), none, options)).rejects.toThrow(
    `sampleWeight must be above 0 for some row to train on; got 0 for all ${rows}`,
  );
  await expect(findLearningRate(modelOf(given), none, { loss: given.loss, batchSize: batch })).rejects.toThrow(
    /^sampleWeight must be above 0 for some row/,
  );
  const classWeight = { 0: 0, 1: 0, 2: 0 };
  await expect(train(modelOf(given), { xs, ys }, { ...options, classWeight })).rejects.toThrow(
    /^classWeight must be above 0 for some row/,
  );
  // The only row with a weight has a class without one.
  const one = zeros.map((_, row) => (row === 0 ? 1 : 0));
  const label = given.ys[0] as number;
  await expect(
    train(modelOf(given), { xs, ys, sampleWeight: one }, { ...options, classWeight: { [label]: 0 } }),
  ).rejects.toThrow(/^sampleWeight and classWeight must be above 0 for some row/);
  // One row is enough.
  await train(modelOf(given), { xs, ys, sampleWeight: one }, options);
});
