import { useBackend } from '@lrfind/backends';
import type { Evaluation } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, regularizers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { answers, classes, heights, network, oneHot, points, regression, weights } from './small-trainings.js';

beforeAll(() => useBackend(backend));

const [xs, valXs] = [points(40), points(15, 100)];

interface Task {
  readonly make: () => LayersModel;
  readonly loss: string;
  readonly of: (xs: number[][]) => number[] | number[][];
}

/** What may be learnt, each with a loss of its own. */
const tasks: Record<string, Task> = {
  'classes, by number': { make: () => network(3, 'softmax'), loss: 'sparseCategoricalCrossentropy', of: classes },
  'classes, one-hot': {
    make: () => network(3, 'softmax'),
    loss: 'categoricalCrossentropy',
    of: (xs) => oneHot(classes(xs)),
  },
  'yes or no': { make: () => network(1, 'sigmoid'), loss: 'binaryCrossentropy', of: answers },
  numbers: { make: regression, loss: 'meanSquaredError', of: heights },
};

const columns = (values: number[] | number[][]) => tf.tensor2d(values.map((value) => [value].flat()));

/** What `model.fit` of TensorFlow.js makes of a model with one of our optimizers, all rows in one batch. */
async function fitted({ make, loss, of }: Task, name: string, learningRate: string | number, epochs: number) {
  const model = make();
  model.compile({ optimizer: optimizer(name, { learningRate }), loss, metrics: ['accuracy', 'mae'] });
  const tensors = [xs, of(xs), valXs, of(valXs)].map(columns);
  const [x, y, valX, valY] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const fit = { epochs, batchSize: 64, verbose: 0 as const, validationData: [valX, valY] as [tf.Tensor, tf.Tensor] };
  const { history } = await model.fit(x, y, fit);
  tf.dispose(tensors);
  model.optimizer.dispose();
  return { model, history: history as Record<string, number[]> };
}

/** What our training makes of the same. */
async function trained({ make, loss, of }: Task, name: string, learningRate: string | number, epochs: number) {
  const model = make();
  const validation = { xs: valXs, ys: of(valXs) };
  const options = { optimizer: name, learningRate, loss, epochs, batchSize: 64, validation, seed: 3 };
  return { model, result: await train(model, { xs, ys: of(xs) }, options) };
}

const metricsOf = (evaluations: readonly Evaluation[], metric: string) => ({
  training: evaluations.map(({ training }) => training.metrics[metric]),
  validation: evaluations.map(({ validation }) => validation?.metrics[metric]),
});

function near(actual: readonly unknown[], expected: readonly number[] | undefined, digits = 5): void {
  expect(actual).toHaveLength(expected?.length ?? -1);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected?.[i] as number, digits);
}

const cases = Object.entries(tasks).flatMap(([task, how]) =>
  ['sgd', 'adam'].map((name) => [`${task}, with ${name}`, how, name] as const),
);

test.each(cases)('%s: losses, metrics and weights are those of model.fit', async (_, task, name) => {
  const rate = name === 'sgd' ? 0.3 : 0.03;
  const { model: wanted, history } = await fitted(task, name, rate, 8);
  const { model, result } = await trained(task, name, rate, 8);
  const { evaluations } = result.training;
  // Otherwise everything could agree without having moved.
  expect(Math.min(...(history.loss ?? []))).toBeLessThan(0.95 * (history.loss?.[0] as number));
  const measured = [
    evaluations.map(({ training }) => training.loss),
    evaluations.map(({ validation }) => validation?.loss),
  ];
  near(measured[0] as number[], history.loss);
  near(measured[1] as number[], history.val_loss);
  const tellsClasses = task.loss !== 'meanSquaredError';
  const { training, validation } = metricsOf(evaluations, tellsClasses ? 'accuracy' : 'meanAbsoluteError');
  near(training, history[tellsClasses ? 'acc' : 'mae']);
  near(validation, history[tellsClasses ? 'val_acc' : 'val_mae']);
  near(weights(model), weights(wanted));
});

describe('the rate of each step, and the momentum, are those that the optimizer has in model.fit', () => {
  test.each([
    ['sgd', 'cosine(0.5, steps=12)'],
    ['momentum', 'piecewise-constant([0.1, 0.01], at=[5])'],
    ['momentum', 'one-cycle(0.3, steps=12)'],
    ['adam', 'one-cycle(0.1, steps=12)'],
    ['nadam', 'one-cycle(0.05, steps=12)'],
  ])('%s with %s', async (name, schedule) => {
    const task = tasks.numbers as Task;
    const { model: wanted, history } = await fitted(task, name, schedule, 12);
    const { model, result } = await trained(task, name, schedule, 12);
    near(
      result.training.evaluations.map(({ training }) => training.loss),
      history.loss,
    );
    near(weights(model), weights(wanted));
    if (!schedule.startsWith('one-cycle')) return;
    // The momentum mattered: with a constant one the weights are others.
    const { schedule: course } = optimizer('sgd', { learningRate: schedule });
    const still = (await trained(task, name, ((step: number) => course?.(step)) as never, 12)).model;
    expect(Math.abs((weights(still)[0] as number) - (weights(wanted)[0] as number))).toBeGreaterThan(1e-4);
  });
});

test('a regulariser is in the loss of the training, as in model.fit, and not in that of the validation rows', async () => {
  const strength = 0.1;
  const make = () => regression({ kernelRegularizer: regularizers.l2({ l2: strength }) });
  const task = { ...(tasks.numbers as Task), make };
  const { model: wanted, history } = await fitted(task, 'sgd', 0.1, 3);
  const { model, result } = await trained(task, 'sgd', 0.1, 3);
  near(
    result.training.evaluations.map(({ training }) => training.loss),
    history.loss,
  );
  near(weights(model), weights(wanted));
  const error = (rows: number[][]) =>
    tf.tidy(() => {
      const predicted = model.predict(columns(rows)) as tf.Tensor;
      return tf.losses.meanSquaredError(columns(heights(rows)), predicted).dataSync()[0] as number;
    });
  expect(result.training.evaluations.at(-1)?.validation?.loss).toBeCloseTo(error(valXs), 5);
  // The penalty by hand, of the weights before the first step.
  const kernel = weights(make()).slice(0, 8);
  const penalty = strength * kernel.reduce((sum, weight) => sum + weight ** 2, 0);
  const [first] = result.losses;
  const start = make();
  const plain = tf.tidy(() => {
    const predicted = start.predict(columns(xs)) as tf.Tensor;
    return tf.losses.meanSquaredError(columns(heights(xs)), predicted).dataSync()[0] as number;
  });
  expect(first).toBeCloseTo(plain + penalty, 5);
});
