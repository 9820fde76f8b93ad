import { useBackend } from '@lrfind/backends';
import { SweepResult } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../src/find.js';
import { weightVariables } from '../src/model/weights.js';
import { backend } from './backend.js';
import { checksum } from './checksum.js';

beforeAll(async () => {
  await useBackend(backend);
});

// y = 2a − b + 1 with a little unevenness: a linear model falls clearly and diverges above a rate of about 1.
const rows = 128;
const xs = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const ys = xs.map(([a, b]) => 2 * (a as number) - (b as number) + 1 + 0.1 * Math.sin(31 * (a as number)));
const few = { steps: 40, repeats: 2, batchSize: 16, startLr: 1e-4, endLr: 10 };

function regression(): LayersModel {
  return sequential({
    layers: [layers.dense({ units: 8, activation: 'tanh', inputShape: [2] }), layers.dense({ units: 1 })],
  });
}

function compiled(): LayersModel {
  const model = regression();
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  return model;
}

const sum = (model: LayersModel) => checksum(weightVariables(model));

describe('the model is as it was', () => {
  test('after success: weights bit for bit, tensors counted', async () => {
    const model = compiled();
    const before = sum(model);
    const tensors = tf.memory().numTensors;
    await findLearningRate(model, { xs, ys }, few);
    expect(sum(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('after an abort in the middle, which rejects with the reason', async () => {
    const model = compiled();
    const before = sum(model);
    const tensors = tf.memory().numTensors;
    const controller = new AbortController();
    const onStep = ({ step }: { step: number }) => step === 20 && controller.abort(new Error('enough'));
    const running = findLearningRate(model, { xs, ys }, { ...few, onStep, signal: controller.signal });
    await expect(running).rejects.toThrow('enough');
    expect(sum(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('after a listener throws', async () => {
    const model = compiled();
    const before = sum(model);
    const tensors = tf.memory().numTensors;
    const onStep = () => {
      throw new Error('listener');
    };
    await expect(findLearningRate(model, { xs, ys }, { ...few, onStep })).rejects.toThrow('listener');
    expect(sum(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('after a loss that throws in the middle of a step', async () => {
    const model = regression();
    const before = sum(model);
    const tensors = tf.memory().numTensors;
    let calls = 0;
    const loss = (target: tf.Tensor, prediction: tf.Tensor) => {
      if (++calls > 1) throw new Error('loss');
      return tf.losses.meanSquaredError(target, prediction);
    };
    await expect(findLearningRate(model, { xs, ys }, { ...few, loss })).rejects.toThrow('loss');
    expect(sum(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('its optimizer: training goes on exactly as in a twin that was never swept', async () => {
    const model = compiled();
    const twin = compiled();
    twin.setWeights(model.getWeights().map((weight) => weight.clone()));
    const x = tf.tensor2d(xs.slice(0, 16));
    const y = tf.tensor2d(ys.slice(0, 16), [16, 1]);
    for (let i = 0; i < 3; i++) for (const each of [model, twin]) await each.trainOnBatch(x, y);
    await findLearningRate(model, { xs, ys }, few);
    for (let i = 0; i < 3; i++) for (const each of [model, twin]) await each.trainOnBatch(x, y);
    expect(sum(model)).toBe(sum(twin));
  });

  test('batch normalisation keeps its statistics, a stateful layer its state', async () => {
    const inputs = input({ batchShape: [16, 2] });
    const steps = layers.reshape({ targetShape: [2, 1] }).apply(inputs);
    const rnn = layers.simpleRNN({ units: 3, stateful: true });
    const normal = layers.batchNormalization().apply(rnn.apply(steps));
    const model = functional({ inputs, outputs: layers.dense({ units: 1 }).apply(normal) as SymbolicTensor });
    const batch = tf.tensor2d(xs.slice(0, 16));
    tf.dispose(model.predict(batch));
    const state = [rnn.states].flat()[0] as tf.Tensor;
    const [before, stateBefore] = [sum(model), checksum([state])];
    const tensors = tf.memory().numTensors;
    await findLearningRate(model, { xs, ys }, { ...few, loss: 'mse' });
    expect(sum(model)).toBe(before);
    expect([rnn.states].flat()[0]).toBe(state);
    expect(checksum([state])).toBe(stateBefore);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('Math.random is the same function afterwards and was not drawn from', async () => {
    const original = Math.random;
    let draws = 0;
    Math.random = () => {
      draws++;
      return 0.5;
    };
    try {
      const mine = Math.random;
      const model = sequential({
        layers: [
          layers.dense({ units: 4, inputShape: [2] }),
          layers.dropout({ rate: 0.5 }),
          layers.dense({ units: 1 }),
        ],
      });
      const built = draws;
      await findLearningRate(model, { xs, ys }, { ...few, initialWeights: 'drawn' });
      expect(Math.random).toBe(mine);
      expect(draws).toBe(built);
    } finally {
      Math.random = original;
    }
  });
});

describe('the result', () => {
  test('fits its published schema, also read by another validator', async () => {
    const result = await findLearningRate(compiled(), { xs, ys }, { ...few, validationSplit: 0.25 });
    const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(SweepResult)));
    expect(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors)).toBe(true);
    expect(result.setup).toMatchObject({
      loss: 'meanSquaredError',
      optimizer: { name: 'adam', beta1: 0.9 },
      rows: 96,
      validationRows: 32,
    });
    expect(result.sweeps[0]?.points.some(({ validation }) => validation !== undefined)).toBe(true);
  });

  test('is equal for equal seeds, dropout and drawn weights included, but for times', async () => {
    const dropout = sequential({
      layers: [layers.dense({ units: 8, inputShape: [2] }), layers.dropout({ rate: 0.3 }), layers.dense({ units: 1 })],
    });
    const options = { ...few, initialWeights: 'drawn' } as const;
    const [first, second] = [
      await findLearningRate(dropout, { xs, ys }, options),
      await findLearningRate(dropout, { xs, ys }, options),
    ];
    expect({ ...second, environment: null }).toEqual({ ...first, environment: null });
    const other = await findLearningRate(dropout, { xs, ys }, { ...options, seed: 7 });
    expect(other.sweeps[0]?.points).not.toEqual(first.sweeps[0]?.points);
  });

  test('has drawn weights differ from seed to seed, given ones alike', async () => {
    const onStart = { ...few, batchSize: rows, steps: 10 };
    const drawn = await findLearningRate(compiled(), { xs, ys }, { ...onStart, initialWeights: 'drawn' });
    const given = await findLearningRate(compiled(), { xs, ys }, onStart);
    const starts = ({ sweeps }: SweepResult) => sweeps.map(({ points }) => points[0]?.loss as number);
    expect(starts(drawn)[0]).not.toBeCloseTo(starts(drawn)[1] as number, 3);
    expect(starts(given)[0]).toBeCloseTo(starts(given)[1] as number, 5);
  });

  test('has the first and last rate exactly, in float32, and the listener gets every step', async () => {
    const seen: number[] = [];
    const onStep = ({ rate, seed }: { rate: number; seed: number }) => seed === 0 && seen.push(rate);
    const result = await findLearningRate(compiled(), { xs, ys }, { ...few, startLr: 1e-6, endLr: 1e-5, onStep });
    const rates = result.sweeps[0]?.points.map(({ rate }) => rate) as number[];
    expect([rates.length, rates[0], rates.at(-1)]).toEqual([40, 1e-6, 1e-5]);
    expect(seen).toEqual(rates);
  });

  test('records NaN as null, stops there and says so', async () => {
    const loss = (target: tf.Tensor, prediction: tf.Tensor) =>
      tf.tidy(() => tf.mul(tf.losses.meanSquaredError(target, prediction), Number.NaN));
    const result = await findLearningRate(regression(), { xs, ys }, { ...few, loss });
    expect(result.sweeps[0]).toMatchObject({ stopped: 'not-finite', points: [{ step: 0, loss: null }] });
    expect(result.suggestion).toBeNull();
    expect(result.reason).toMatch(/not finite/);
  });

  test('names divergence when a linear model is driven beyond 2 / curvature', async () => {
    const linear = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const options = {
      steps: 150,
      repeats: 3,
      batchSize: 16,
      optimizer: 'sgd',
      loss: 'mse',
      initialWeights: 'drawn',
    } as const;
    const result = await findLearningRate(linear, { xs, ys }, options);
    // Half the mean of a² and b² is the curvature of the bias-free part; gradient descent is stable below 2 / λ, λ = 2.
    expect(result.divergence?.rate).toBeGreaterThan(0.5);
    expect(result.suggestion?.learningRate).toBeGreaterThan(0.03);
    expect(result.suggestion?.learningRate).toBeLessThan(1);
  });
});

describe('models of all kinds', () => {
  test('several inputs and outputs, by name, with tensors', async () => {
    const a = input({ shape: [1], name: 'a' });
    const b = input({ shape: [1], name: 'b' });
    const joined = layers.concatenate().apply([a, b]);
    const one = layers.dense({ units: 1, name: 'one' }).apply(joined) as SymbolicTensor;
    const two = layers.dense({ units: 1, activation: 'sigmoid', name: 'two' }).apply(joined) as SymbolicTensor;
    const model = functional({ inputs: [a, b], outputs: [one, two] });
    const tensors = {
      a: tf.tensor2d(xs.map(([value]) => [value as number])),
      b: tf.tensor2d(xs.map(([, value]) => [value as number])),
    };
    const targets = { one: ys, two: ys.map((y) => (y > 1 ? 1 : 0)) };
    const before = tf.memory().numTensors;
    const result = await findLearningRate(model, { xs: tensors, ys: targets }, few);
    expect(result.setup.loss).toBe('meanSquaredError, binaryCrossentropy');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a frozen layer stays frozen; with all frozen there is nothing to train', async () => {
    const model = regression();
    (model.layers[0] as { trainable: boolean }).trainable = false;
    const result = await findLearningRate(model, { xs, ys }, few);
    // Two layers: 2 × 8 + 8 and 8 + 1.
    expect(result.setup.parameters).toBe(33);
    expect(result.setup.notes).toContain('9 of 33 parameters are trained');
    (model.layers[1] as { trainable: boolean }).trainable = false;
    await expect(findLearningRate(model, { xs, ys }, few)).rejects.toThrow(
      /must have a trainable layer; every layer is frozen$/,
    );
  });

  test('regularisation counts: the first loss is that of evaluate, penalty included', async () => {
    const model = sequential({
      layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones', kernelRegularizer: 'l1l2' })],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const result = await findLearningRate(model, { xs, ys }, { ...few, batchSize: rows });
    // Weights of one: predictions a + b; TensorFlow.js's l1l2 adds 0.01 · (Σ|w| + Σw²) = 0.01 · (2 + 2).
    const error = xs.map(([a, b], i) => ((a as number) + (b as number) - (ys[i] as number)) ** 2);
    const expected = error.reduce((total, value) => total + value, 0) / rows + 0.04;
    expect(result.sweeps[0]?.points[0]?.loss).toBeCloseTo(expected, 5);
  });

  test("a compiled optimizer is mapped: sgd's first steps are those of trainOnBatch", async () => {
    const model = regression();
    model.compile({ optimizer: tf.train.momentum(0.05, 0.5), loss: 'meanSquaredError' });
    const twin = regression();
    twin.compile({ optimizer: tf.train.momentum(0.05, 0.5), loss: 'meanSquaredError' });
    twin.setWeights(model.getWeights().map((weight) => weight.clone()));
    const result = await findLearningRate(
      model,
      { xs, ys },
      { steps: 2, repeats: 1, batchSize: rows, startLr: 0.05, endLr: 0.0500001 },
    );
    expect(result.setup.optimizer).toMatchObject({ name: 'sgd', momentum: 0.5 });
    const [x, y] = [tf.tensor2d(xs), tf.tensor2d(ys, [rows, 1])];
    for (const { loss } of result.sweeps[0]?.points ?? [])
      expect(loss).toBeCloseTo((await twin.trainOnBatch(x, y)) as number, 4);
  });
});

describe('bad input is refused with one sentence', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = compiled();
  });
  const find = (options: object, data: object = { xs, ys }) =>
    findLearningRate(model, data as never, { ...few, ...options });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'more rows than there are',
      () => find({ batchSize: 1000 }),
      /^batchSize must be at most the 128 rows.*; got 1000$/,
    ],
    ['an unknown option', () => find({ stepz: 3 }), /unknown option stepz; did you mean steps\?/],
    ['one step', () => find({ steps: 1 }), /steps must be a whole number at least 2 and at most 10000; got 1/],
    ['a range that does not rise', () => find({ startLr: 1, endLr: 1 }), /startLr must be below endLr/],
    [
      'an unknown optimizer',
      () => find({ optimizer: 'adm' }),
      /^optimizer must be one of .*; got "adm"; did you mean adam\?$/,
    ],
    ['an unknown loss', () => find({ loss: 'mze' }), /^loss must be one of .*; got "mze"; did you mean mse\?$/],
    ['an unknown method', () => find({ suggest: ['best'] }), /^suggest must be one of .*; got "best"/],
    [
      'NaN in the data',
      () => find({}, { xs: [[1, Number.NaN]], ys: [1] }),
      /^xs\[0\]\[1\] must be a finite .*; got NaN$/,
    ],
    ['unequal rows', () => find({}, { xs: [[1, 2]], ys: [1, 2] }), /^ys must have 1 row, as xs has; got 2$/],
    [
      'features that do not fit',
      () => find({}, { xs: [[1, 2, 3]], ys: [1] }),
      /^xs must have rows of shape \[2\]; got \[3\]/,
    ],
  ])('%s', async (_, attempt, message) => {
    const tensors = tf.memory().numTensors;
    const error = await attempt().catch((thrown: Error) => thrown);
    expect((error as Error).name).toBe('InputError');
    expect((error as Error).message).toMatch(message);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a layer that cannot be trained is named', async () => {
    const causal = layers.conv1d({ filters: 2, kernelSize: 2, padding: 'causal', name: 'past', inputShape: [2, 1] });
    const model = sequential({ layers: [causal, layers.flatten(), layers.dense({ units: 1 })] });
    await expect(findLearningRate(model, { xs, ys }, few)).rejects.toThrow(
      /cannot be trained on \w+: layer "past" \(Conv1D\)/,
    );
  });

  test('a label outside the classes of the output', async () => {
    const model = sequential({ layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })] });
    const labels = xs.map((_, i) => (i === 5 ? 3 : i % 3));
    await expect(findLearningRate(model, { xs, ys: labels }, few)).rejects.toThrow(
      /^labels must be classes of the model, 0 to 2; got 3 in row 6/,
    );
  });
});
