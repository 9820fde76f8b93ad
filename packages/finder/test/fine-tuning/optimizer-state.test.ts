import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSession } from '../../src/engine/session.js';
import { findLearningRate } from '../../src/find.js';
import { resolveModelOptimizer, stateOfModelOptimizer } from '../../src/optimizers/model-optimizer.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { type OptimizerState, optimizerState } from '../../src/optimizers/optimizer-state.js';
import { bits, compiled, heights, points, regression, weights } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const ys = heights(xs).map((y) => [y]);
const batchSize = 10;

/** TensorFlow.js's own steps on batches in order. */
async function trainOnBatches(model: LayersModel, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step++) {
    const at = (step * batchSize) % xs.length;
    const [x, y] = [tf.tensor2d(xs.slice(at, at + batchSize)), tf.tensor2d(ys.slice(at, at + batchSize))];
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
}

/** Everything that an optimizer keeps, as numbers. */
async function kept(of: tf.Optimizer): Promise<number[]> {
  const [iterations, ...slots] = await of.getWeights();
  const numbers = [...slots.flatMap(({ tensor }) => [...tensor.dataSync()]), of.iterations];
  // Only TensorFlow.js's own makes it for the caller.
  if (of.getClassName() !== 'LrfindOptimizer') iterations?.tensor.dispose();
  return numbers;
}

const kinds: [string, () => tf.Optimizer][] = [
  ['sgd of lrfind', () => optimizer('sgd', { learningRate: 0.05 })],
  ['momentum of lrfind', () => optimizer('momentum', { learningRate: 0.02 })],
  ['adam of lrfind', () => optimizer('adam', { learningRate: 0.02 })],
  ['adamw of lrfind', () => optimizer('adamw', { learningRate: 0.02 })],
  ['nadam of lrfind', () => optimizer('nadam', { learningRate: 0.02 })],
  ['rmsprop of lrfind', () => optimizer('rmsprop', { learningRate: 0.01, momentum: 0.5, centered: true })],
  ['adam with an average of the weights', () => optimizer('adam', { learningRate: 0.02, useEma: true })],
  ['sgd of TensorFlow.js', () => tf.train.sgd(0.05)],
  ['momentum of TensorFlow.js', () => tf.train.momentum(0.02, 0.9)],
  ['adam of TensorFlow.js', () => tf.train.adam(0.02, 0.9, 0.99, 1e-7)],
  ['rmsprop of TensorFlow.js', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7)],
  ['adagrad of TensorFlow.js', () => tf.train.adagrad(0.05)],
];

describe.each(kinds)('the state of %s', (_name, make) => {
  test('a step goes on from it as TensorFlow.js does', async () => {
    const model = compiled(regression(), { optimizer: make() });
    await trainOnBatches(model, 0, 7);
    const state = await stateOfModelOptimizer(undefined, model);
    expect(state?.steps).toBe(7);
    const rate = state?.rate as number;
    const session = await openSession(model, { xs, ys }, { seed: 0, initialWeights: 'given', optimizerState: state });
    const { rule, ...others } = resolveModelOptimizer(undefined, model);
    const step = session.step({ rule, ...others }, { rescaleVelocity: false, calls: 10 });
    for (const at of [7, 8, 9, 10]) {
      const first = (at * batchSize) % xs.length;
      step
        .train(
          Int32Array.from({ length: batchSize }, (_, i) => first + i),
          rate,
        )
        .dispose();
    }
    const reached = weights(model);
    await session.restore();
    const untouched = weights(model);
    await trainOnBatches(model, 7, 11);
    const wanted = weights(model);
    // TensorFlow.js's adam adds epsilon elsewhere.
    for (const [i, weight] of wanted.entries()) expect(reached[i]).toBeCloseTo(weight, 4);
    expect(untouched).not.toEqual(wanted);
    model.dispose();
  });

  test('a search goes on from it, says so, and leaves it bit for bit', async () => {
    const model = compiled(regression(), { optimizer: make() });
    await trainOnBatches(model, 0, 5);
    const [before, state] = [bits(model), await kept(model.optimizer)];
    const tensors = tf.memory().numTensors;
    const { setup } = await findLearningRate(model, { xs, ys }, { batchSize, repeats: 1, steps: 40, verify: true });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(setup.notes).toContain('optimizer: every training goes on from its state after 5 steps');
    expect(bits(model)).toBe(before);
    expect(await kept(model.optimizer)).toEqual(state);
    model.dispose();
  });
});

test('an optimizer that has taken no step, another one, and new weights begin anew', async () => {
  const model = compiled(regression(), { optimizer: optimizer('adam') });
  expect(await optimizerState(model.optimizer)).toBeNull();
  await trainOnBatches(model, 0, 3);
  const search = { batchSize, repeats: 1, steps: 30 } as const;
  for (const options of [
    { ...search, optimizer: 'adam' },
    { ...search, initialWeights: 'drawn' },
  ] as const) {
    const { setup } = await findLearningRate(model, { xs, ys }, options);
    expect(setup.notes.join()).not.toMatch(/goes on/);
  }
  model.dispose();
});

test('the weights of a new head begin with new slots, those of the base go on', async () => {
  const model = compiled(regression(), { optimizer: optimizer('momentum', { learningRate: 0.05 }) });
  await trainOnBatches(model, 0, 6);
  const state = await optimizerState(model.optimizer);
  const [first] = [...(state as OptimizerState).slots];
  const known = { ...(state as OptimizerState), slots: new Map(first && [first]) };
  const session = await openSession(model, { xs, ys }, { seed: 0, initialWeights: 'given', optimizerState: known });
  const step = session.step(resolveModelOptimizer(undefined, model), { rescaleVelocity: false, calls: 1 });
  const began = await step.optimizerState();
  await session.restore();
  expect(began.slots.get(first?.[0] as string)).toEqual(first?.[1]);
  for (const [name, { velocity }] of began.slots)
    if (name !== first?.[0]) expect(velocity?.every((value) => value === 0)).toBe(true);
  model.dispose();
});
