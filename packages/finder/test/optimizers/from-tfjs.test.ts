import '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import { resolveSchedule, type ScheduleSpec } from '@lrfind/core/schedules';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { optimizerFromTfjs, type TfjsOptimizer } from '../../src/optimizers/from-tfjs.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { trajectory } from './trajectory.js';

beforeAll(() => tf.setBackend('wasm'));

/** What to make, the spec and rate expected of it, and how near its updates are to ours (relative to a weight). */
const cases: [string, () => tf.Optimizer, object, number, number?][] = [
  ['sgd', () => tf.train.sgd(0.1), { name: 'sgd' }, 0.1, 1e-6],
  ['momentum', () => tf.train.momentum(0.02, 0.7), { name: 'sgd', momentum: 0.7, nesterov: false }, 0.02, 1e-6],
  ['nesterov', () => tf.train.momentum(0.02, 0.7, true), { name: 'sgd', momentum: 0.7, nesterov: true }, 0.02, 1e-6],
  ['adagrad', () => tf.train.adagrad(0.3, 0.5), { name: 'adagrad', initialAccumulatorValue: 0.5 }, 0.3, 1e-6],
  // Its arithmetic is another one: see the last test.
  ['adadelta', () => tf.train.adadelta(1, 0.8, 1e-3), { name: 'adadelta', rho: 0.8, epsilon: 1e-3 }, 1],
  // Up to where epsilon is added.
  [
    'adam',
    () => tf.train.adam(0.1, 0.8, 0.9, 1e-8),
    { name: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 1e-8 },
    0.1,
    1e-6,
  ],
  [
    'adamax',
    () => tf.train.adamax(0.1, 0.8, 0.9, 1e-3),
    { name: 'adamax', beta1: 0.8, beta2: 0.9, epsilon: 1e-3 },
    0.1,
    1e-6,
  ],
  [
    'rmsprop',
    () => tf.train.rmsprop(0.1, 0.8, 0.3, 1e-3),
    { name: 'rmsprop', rho: 0.8, momentum: 0.3, epsilon: 1e-3, centered: false },
    0.1,
    1e-6,
  ],
  [
    'centered rmsprop',
    () => tf.train.rmsprop(0.1, 0.8, 0, 1e-3, true),
    { name: 'rmsprop', rho: 0.8, momentum: 0, epsilon: 1e-3, centered: true },
    0.1,
  ],
];

test.each(cases)('reads the options and the rate of %s', (_, make, spec, rate) => {
  expect(optimizerFromTfjs(make())).toEqual({ spec, rate });
});

test.each(cases.filter(([, , , , tolerance]) => tolerance))(
  'trains as TensorFlow.js’s own %s does',
  (_, make, __, rate, tolerance) => {
    const optimizer = make();
    const { rule } = resolveOptimizer(optimizerFromTfjs(optimizer).spec);
    const pull = (weight: tf.Tensor) => tf.mul(weight, tf.sub(weight, [3, 4, 5]));
    const ours = trajectory(rule, [tf.tensor([1, -2, 0.5])], Array(10).fill(rate), pull);
    const variable = tf.variable(tf.tensor([1, -2, 0.5]));
    for (const expected of ours) {
      optimizer.applyGradients([{ name: variable.name, tensor: pull(variable) }]);
      const theirs = [...variable.dataSync()];
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(value - (theirs[i] as number)) / Math.abs(value)).toBeLessThan(tolerance as number);
      }
    }
  },
);

test('epsilon left out is read as the backend’s, which is Keras’s', () => {
  const { parameters } = resolveOptimizer(optimizerFromTfjs(tf.train.adam()).spec);
  expect(parameters).toEqual(resolveOptimizer('adam').parameters);
});

test('the optimizer that a model was compiled with by name is read', () => {
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: 'rmsprop', loss: 'meanSquaredError' });
  const { spec, rate } = optimizerFromTfjs(model.optimizer);
  expect(resolveOptimizer(spec).kind.name).toBe('rmsprop');
  expect(rate).toBe(0.001);
});

test('the rate is the current one, not the one it was made with', () => {
  const sgd = tf.train.sgd(0.1);
  sgd.setLearningRate(0.5);
  expect(optimizerFromTfjs(sgd).rate).toBe(0.5);
});

test('a rate and a momentum that were assigned are believed, though TensorFlow.js goes on with the old ones', () => {
  const momentum = tf.train.momentum(0.1, 0.9);
  Object.assign(momentum, { learningRate: 0.5 });
  momentum.setMomentum(0.6);
  expect(optimizerFromTfjs(momentum)).toMatchObject({ spec: { momentum: 0.6 }, rate: 0.5 });
});

test('an optimizer of another copy of tfjs-core is read too', () => {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-core');
  const loaded = require(path);
  delete require.cache[path];
  const other: typeof tf = require(path);
  expect(other.AdamOptimizer).not.toBe(loaded.AdamOptimizer);
  expect(optimizerFromTfjs(other.train.adam(0.01, 0.7)).spec).toMatchObject({ name: 'adam', beta1: 0.7 });
});

test('reading makes and frees no tensors', () => {
  const optimizer = tf.train.momentum(0.1, 0.9);
  const before = tf.memory().numTensors;
  optimizerFromTfjs(optimizer);
  expect(tf.memory().numTensors).toBe(before);
});

const message = (optimizer: unknown) => {
  try {
    optimizerFromTfjs(optimizer as TfjsOptimizer);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('was accepted');
};

test('reads the decay of Adamax as the schedule that it is', () => {
  const { spec, rate } = optimizerFromTfjs(tf.train.adamax(0.002, 0.8, 0.999, 1e-7, 0.25));
  expect(spec).toEqual({ name: 'adamax', beta1: 0.8, beta2: 0.999, epsilon: 1e-7 });
  // By TensorFlow.js: the rate over iteration · decay + 1.
  for (const step of [0, 1, 4])
    expect(resolveSchedule(rate as ScheduleSpec)(step)).toBeCloseTo(0.002 / (step * 0.25 + 1), 12);
});

test('refuses a subclass, which inherits its parent’s class name', () => {
  class Noisy extends tf.AdamOptimizer {}
  expect(message(new Noisy(0.1, 0.9, 0.999))).toContain('a class derived from Adam');
});

test('refuses a class with a name of its own, and lists what exists', () => {
  class Lookahead extends tf.SGDOptimizer {
    static override get className() {
      return 'Lookahead';
    }
  }
  const text = message(new Lookahead(0.1));
  expect(text).toContain('optimizer Lookahead is not available');
  expect(text).toContain('nadam');
});

test.each([[undefined], [null], ['adam'], [{}], [() => 1]])('refuses %s, which is no optimizer', (thing) => {
  expect(message(thing)).toContain('must be a TensorFlow.js optimizer');
});

test('TensorFlow.js’s adadelta is another algorithm at first: its first step is the whole gradient', () => {
  const optimizer = tf.train.adadelta(1);
  const { rule } = resolveOptimizer(optimizerFromTfjs(optimizer).spec);
  const variable = tf.variable(tf.tensor([5]));
  optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor([2]) }]);
  expect(variable.dataSync()[0]).toBeCloseTo(5 - 2, 6);
  // Keras: √ε / √(0.05 · 2² + ε) of it.
  const [first] = trajectory(rule, [tf.tensor([5])], [1], () => tf.tensor([2]));
  expect(first?.[0]).toBeCloseTo(5 - (2 * Math.sqrt(1e-7)) / Math.sqrt(0.05 * 4 + 1e-7), 6);
});
