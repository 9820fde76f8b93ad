import { useBackend } from '@lrfind/backends';
import { TrainingResult } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import {
  answers,
  bits,
  classes,
  compiled,
  heights,
  network,
  points,
  regression,
  rejection,
} from './small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few: TrainOptions = { learningRate: 0.05, epochs: 3, batchSize: 8 };
const untimed = ({ training, environment: _, ...rest }: TrainingResult) => ({
  ...rest,
  training: { ...training, evaluations: training.evaluations.map((each) => ({ ...each, seconds: 0 })) },
});

test('fits its published schema, also read by another validator, whether it went well or not', async () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(TrainingResult)));
  for (const options of [{ test: data }, { learningRate: 1e20, optimizer: 'sgd' }, { validationSplit: 0 }]) {
    const result = await train(compiled(regression()), data, { ...few, ...options });
    expect(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors)).toBe(true);
  }
});

test('is equal for equal seeds, dropout and drawn weights included, but for times', async () => {
  const make = () =>
    sequential({
      layers: [layers.dense({ units: 8, inputShape: [2] }), layers.dropout({ rate: 0.3 }), layers.dense({ units: 1 })],
    });
  const trained = async (seed: number) => {
    const model = make();
    // Names are counted up in TensorFlow.js.
    const { setup, ...rest } = untimed(await train(model, data, { ...few, initialWeights: 'drawn', seed }));
    return { bits: bits(model), rest };
  };
  const [first, second, other] = [await trained(4), await trained(4), await trained(5)];
  expect(second).toEqual(first);
  expect(other.bits).not.toBe(first.bits);
});

test('says how it was trained: the compiled model’s own optimizer and loss by default', async () => {
  const model = compiled(network(1, 'sigmoid'), { optimizer: tf.train.momentum(7, 0.5), loss: 'binaryCrossentropy' });
  const rows = { xs, ys: answers(xs) };
  const { recipe, setup, options } = await train(model, rows, {
    learningRate: 'cosine(0.1, steps=12)',
    epochs: 3,
    batchSize: 8,
  });
  expect(recipe).toMatchObject({
    learningRate: 'cosine(0.1, steps=12)',
    suggestion: null,
    optimizer: { name: 'sgd', momentum: 0.5 },
    batchSize: 8,
  });
  expect(setup).toMatchObject({
    // Two times four and four, four and one.
    parameters: 17,
    weights: 'given',
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
    rows: 32,
    validationRows: 8,
    notes: ["optimizer: the compiled model's own"],
  });
  expect(options).toEqual({
    epochs: 3,
    batchSize: 8,
    seed: 0,
    learningRate: 'cosine(0.1, steps=12)',
    initialWeights: 'given',
  });
});

test('onEpoch gets every evaluation that the result has, at once', async () => {
  const seen: unknown[] = [];
  const result = await train(regression(), data, {
    ...few,
    onEpoch: (evaluation) => seen.push(structuredClone(evaluation)),
  });
  expect(seen).toEqual(result.training.evaluations);
  expect(seen).toHaveLength(3);
});

test('the loss of the validation rows before the first step is that of the weights that were given', async () => {
  const [model, start] = [regression(), regression()];
  const validation = { xs: points(15, 100), ys: heights(points(15, 100)) };
  const { training } = await train(model, data, { ...few, validation });
  const predicted = tf.tidy(() => [...(start.predict(tf.tensor2d(validation.xs)) as tf.Tensor).dataSync()]);
  const error = validation.ys.reduce((sum, y, i) => sum + (y - (predicted[i] as number)) ** 2, 0) / 15;
  expect(training.start?.loss).toBeCloseTo(error, 5);
});

test('a rate that is to be found is tried on the training rows alone, and taken to three digits', async () => {
  const options = { optimizer: 'sgd', loss: 'mse', batchSize: 16, seed: 2, epochs: 1 };
  const many = points(200);
  const found = (judges: number) =>
    train(
      regression(),
      { xs: many, ys: heights(many) },
      {
        ...options,
        learningRate: 'find',
        validation: { xs: points(20), ys: heights(points(20)).map((y) => y * judges) },
      },
    );
  const [{ recipe, training }, other] = [await found(1), await found(-3)];
  expect(other.training.start?.loss).not.toBe(training.start?.loss);
  expect(other.recipe.suggestion).toEqual(recipe.suggestion);
  expect(recipe.suggestion?.learningRate).toBeGreaterThan(0);
  expect(recipe.learningRate).toBe(String(Number(recipe.suggestion?.learningRate.toPrecision(3))));
  expect(recipe.rates[0]?.rate).toBe(Number(recipe.learningRate));
});

describe('bad input is refused with one sentence, and the model stays as it was', () => {
  const attempt = (options: object, rows: object = data, model: LayersModel = compiled(regression())) =>
    ({ model, start: () => train(model, rows as never, { ...few, ...options } as TrainOptions) }) as const;

  test.each<[string, () => ReturnType<typeof attempt>, RegExp]>([
    ['no rate', () => attempt({ learningRate: undefined }), /^a schedule must be a rate, .*; got undefined$/],
    ['a rate below 0', () => attempt({ learningRate: -1 }), /rate must be .*at least 0.*; got -1/],
    [
      'an unknown schedule',
      () => attempt({ learningRate: 'cosin(0.1, steps=9)' }),
      /did you mean cosine\?.*\n.*\n {2}\^/,
    ],
    ['an unknown option', () => attempt({ epoch: 3 }), /^unknown option epoch; did you mean epochs\?/],
    ['no epoch', () => attempt({ epochs: 0 }), /^epochs must be a whole number at least 1 and at most 100000; got 0$/],
    ['half a batch', () => attempt({ batchSize: 1.5 }), /^batchSize must be a whole number at least 1; got 1.5$/],
    ['everything held out', () => attempt({ validationSplit: 1 }), /^validationSplit must be .* below 1; got 1$/],
    [
      'validation rows twice',
      () => attempt({ validationSplit: 0.2, validation: data }),
      /^validationSplit must be left out when validation rows are given; got 0.2$/,
    ],
    [
      'one row to hold some out of',
      () => attempt({}, { xs: [[1, 2]], ys: [1] }),
      /^holding rows out needs at least 2 rows; got 1$/,
    ],
    [
      'an unknown optimizer',
      () => attempt({ optimizer: 'adm' }),
      /^optimizer must be one of .*; got "adm"; did you mean adam\?$/,
    ],
    ['an unknown loss', () => attempt({ loss: 'mze' }), /^loss must be one of .*; got "mze"; did you mean mse\?$/],
    [
      'an unknown metric',
      () => attempt({ metrics: ['accuray'] }),
      /^metrics must be some of .*; got "accuray"; did you mean accuracy\?$/,
    ],
    [
      'validation rows that do not fit',
      () => attempt({ validation: { xs: [[1, 2, 3]], ys: [1] } }),
      /^xs must have rows of shape \[2\]; got \[3\]/,
    ],
    [
      'test rows with NaN',
      () => attempt({ test: { xs: [[1, Number.NaN]], ys: [1] } }),
      /^xs\[0\]\[1\] must be a finite .*; got NaN$/,
    ],
    [
      'a frozen model',
      () => {
        const model = compiled(regression());
        for (const layer of model.layers) layer.trainable = false;
        return attempt({}, data, model);
      },
      /must have a trainable layer; every layer is frozen$/,
    ],
    [
      'a label outside the classes',
      () => attempt({}, { xs, ys: classes(xs).map((label) => label + 1) }, network(3, 'softmax')),
      /^labels must be classes of the model, 0 to 2; got 3 in row /,
    ],
    [
      'a sweep over fewer rows than a batch',
      () => attempt({ learningRate: 'find', batchSize: 64 }),
      /^batchSize must be at most the 32 rows.*; got 64$/,
    ],
    [
      'a rate that no sweep finds',
      () =>
        attempt({
          learningRate: 'find',
          loss: (y: tf.Tensor, p: tf.Tensor) => tf.mul(tf.losses.meanSquaredError(y, p), Number.NaN),
        }),
      /^learningRate must be given, because the search found none: /,
    ],
  ])('%s', async (_, make, message) => {
    const { model, start } = make();
    const before = bits(model);
    const tensors = tf.memory().numTensors;
    const error = await rejection(start());
    expect(error.message).toMatch(message);
    expect(error.name).toBe('InputError');
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bits(model)).toBe(before);
  });
});
