import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { answers, classes, drawn, heights, network, oneHot, points, rejection } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const columns = (values: number[] | number[][]) => tf.tensor2d(values.map((value) => [value].flat()));

/** What TensorFlow.js measures of a model: its loss, then its metrics. */
function evaluated(model: LayersModel, loss: string | string[], ys: (number[] | number[][])[]): number[] {
  model.compile({ optimizer: 'sgd', loss, metrics: ['accuracy'] });
  const [x, y] = [columns(xs), ys.map(columns)];
  const values = [model.evaluate(x, y.length === 1 ? (y[0] as tf.Tensor) : y, { batchSize: 40 })].flat();
  const numbers = values.map((value) => value.dataSync()[0] as number);
  tf.dispose([x, y, values]);
  return numbers;
}

test.each<[string, () => LayersModel, number[] | number[][]]>([
  ['sparseCategoricalCrossentropy', () => network(3, 'softmax'), classes(xs)],
  ['categoricalCrossentropy', () => network(3, 'softmax'), oneHot(classes(xs))],
  ['binaryCrossentropy', () => network(1, 'sigmoid'), answers(xs)],
  ['binaryCrossentropy', () => network(2, 'sigmoid'), answers(xs).map((yes, i) => [yes, i % 2])],
])(
  'with %s loss and accuracy are those of model.evaluate, on test rows and before the training',
  async (loss, make, ys) => {
    const model = make();
    const rows = { xs, ys };
    const [start, startAccuracy] = evaluated(make(), loss, [ys]);
    const options = { learningRate: 0.05, optimizer: 'adam', epochs: 20, batchSize: 16, loss };
    const result = await train(model, rows, { ...options, validation: rows, test: rows });
    expect(result.training.start?.loss).toBeCloseTo(start as number, 5);
    expect(result.training.start?.metrics.accuracy).toBeCloseTo(startAccuracy as number, 6);
    const [end, accuracy] = evaluated(model, loss, [ys]);
    expect(result.test).toEqual({
      rows: 40,
      loss: expect.closeTo(end as number, 5),
      metrics: { accuracy: expect.closeTo(accuracy as number, 6) },
    });
    // It learnt something: the accuracy is not that of the start.
    expect(accuracy).not.toBeCloseTo(startAccuracy as number, 2);
    expect(result.training.evaluations.at(-1)?.validation).toEqual({
      loss: result.test?.loss,
      metrics: result.test?.metrics,
    });
  },
);

/** A price and a kind of each point. */
function twoOutputs(): LayersModel {
  const inputs = input({ shape: [2] });
  const hidden = layers.dense({ units: 4, activation: 'tanh', kernelInitializer: drawn(1) }).apply(inputs);
  const output = (name: string, units: number, activation: 'linear' | 'softmax') =>
    layers.dense({ name, units, activation, kernelInitializer: drawn(units) }).apply(hidden) as SymbolicTensor;
  return functional({ inputs, outputs: [output('price', 1, 'linear'), output('kind', 3, 'softmax')] });
}

test('of several outputs the loss is the sum, and each metric bears its output’s name', async () => {
  const model = twoOutputs();
  const ys = { price: heights(xs), kind: classes(xs) };
  const rows = { xs, ys };
  const options = { learningRate: 0.05, optimizer: 'sgd', epochs: 3, batchSize: 16 };
  const result = await train(model, rows, { ...options, validation: rows, test: rows });
  expect(result.setup.metrics).toEqual(['price_meanAbsoluteError', 'kind_accuracy']);
  expect(result.setup.loss).toBe('meanSquaredError, sparseCategoricalCrossentropy');
  const predictions = model.predict(columns(xs)) as tf.Tensor[];
  const [prices = [], likely = []] = predictions.map((each) => [...each.dataSync()]);
  const distance = ys.price.reduce((sum, price, i) => sum + Math.abs(price - (prices[i] as number)), 0) / 40;
  const right = ys.kind.filter((kind, i) => {
    const three = likely.slice(3 * i, 3 * i + 3);
    return three.indexOf(Math.max(...three)) === kind;
  });
  expect(result.test?.metrics.price_meanAbsoluteError).toBeCloseTo(distance, 5);
  expect(result.test?.metrics.kind_accuracy).toBeCloseTo(right.length / 40, 6);
  const losses = ['meanSquaredError', 'sparseCategoricalCrossentropy'];
  // TensorFlow.js lists the sums of the losses so far.
  const [, sum] = evaluated(model, losses, [ys.price, ys.kind]);
  expect(result.test?.loss).toBeCloseTo(sum as number, 5);
});

test('a metric that does not fit one of the outputs is refused', async () => {
  const rows = { xs, ys: { price: heights(xs), kind: classes(xs) } };
  const error = await rejection(train(twoOutputs(), rows, { learningRate: 0.1, metrics: ['accuracy'] }));
  expect(error.message).toBe('metrics: accuracy needs a loss of classes; got meanSquaredError, which is of numbers');
});

test('a training on a loss of one’s own has no metrics but those that are named', async () => {
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => tf.losses.absoluteDifference(target, prediction);
  const rows = { xs, ys: heights(xs) };
  const options = { learningRate: 0.05, epochs: 1, loss };
  expect((await train(network(1, 'linear'), rows, options)).setup.metrics).toEqual([]);
  const { training } = await train(network(1, 'linear'), rows, { ...options, metrics: ['mae', 'mse'] });
  const { loss: same, metrics = {} } = training.evaluations[0]?.validation ?? {};
  // Its mean is the absolute error.
  expect(metrics.meanAbsoluteError).toBeCloseTo(same as number, 6);
  expect(metrics.meanSquaredError).toBeGreaterThan((metrics.meanAbsoluteError as number) ** 2);
});
