import { createRequire } from 'node:module';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { learningRateOf, setLearningRate } from '../../src/optimizers/learning-rate.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { optimizers } from '../../src/optimizers/registry.js';
import { setMomentum } from '../../src/optimizers/set-momentum.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

const tfjs: [string, (rate: number) => tf.Optimizer][] = [
  ['sgd', (rate) => tf.train.sgd(rate)],
  ['momentum', (rate) => tf.train.momentum(rate, 0.9)],
  ['adagrad', (rate) => tf.train.adagrad(rate)],
  ['adadelta', (rate) => tf.train.adadelta(rate)],
  ['adam', (rate) => tf.train.adam(rate)],
  ['adamax', (rate) => tf.train.adamax(rate)],
  ['adamax with decay', (rate) => tf.train.adamax(rate, 0.9, 0.999, 1e-7, 0.5)],
  ['rmsprop', (rate) => tf.train.rmsprop(rate)],
];
const all: typeof tfjs = [
  ...tfjs,
  ...optimizers.map(({ name }): (typeof tfjs)[0] => [`our ${name}`, (rate) => optimizer(name, { learningRate: rate })]),
];

/** By how much one more step along a gradient of 3 moves a weight, after two steps with the rate that was set before. */
function move(make: (rate: number) => tf.Optimizer, rate: number, next?: number): number {
  const made = make(rate);
  const weight = tf.variable(tf.scalar(0));
  // So high a loss limits no step.
  const step = () => tf.tidy(() => void made.minimize(() => tf.add(tf.mul(weight, 3), 1000), false, [weight]));
  step();
  step();
  if (next !== undefined) setLearningRate(made, next);
  const before = weight.dataSync()[0] as number;
  step();
  return before - (weight.dataSync()[0] as number);
}

// Momentum repeats the steps made at the earlier rate, and an average counts a step by its rate; all others, and TensorFlow.js's
// momentum, scale the whole step.
const proportional = all.filter(([name]) => !/our (momentum|nesterov|schedule-free-.*)/.test(name));

test.each(proportional)('%s takes its next step with the rate that was set', (_, make) => {
  expect(move(make, 0.01, 0.04) / move(make, 0.01)).toBeCloseTo(name(make) === 'Adamax' ? ratio(make) : 4, 2);
});

/** Adamax with decay would have taken its third step at the rate divided by 1 + 2 · decay. */
const ratio = (make: (rate: number) => tf.Optimizer) => 4 * (1 + 2 * ((make(1).getConfig().decay as number) ?? 0));
const name = (make: (rate: number) => tf.Optimizer) => make(1).getClassName();

test.each(all)('%s tells the rate that was set, with all digits', (_, make) => {
  const made = make(0.1);
  expect(learningRateOf(made)).toBe(0.1);
  setLearningRate(made, 0.3);
  expect(learningRateOf(made)).toBe(0.3);
  setLearningRate(made, 0);
  expect(learningRateOf(made)).toBe(0);
});

test('a rate that was only assigned to sgd, which ignores it, is not believed', () => {
  const sgd = tf.train.sgd(0.5);
  Object.assign(sgd, { learningRate: 0.1 });
  expect(learningRateOf(sgd)).toBe(0.5);
});

test('a rate that was set by sgd’s own method is read', () => {
  const sgd = tf.train.sgd(0.5);
  expect(learningRateOf(sgd)).toBe(0.5);
  sgd.setLearningRate(0.1);
  expect(learningRateOf(sgd)).toBe(0.1);
});

test('the rate of Adamax with decay is the one of its next step', () => {
  const adamax = tf.train.adamax(0.1, 0.9, 0.999, 1e-7, 0.5);
  const weight = tf.variable(tf.scalar(5));
  adamax.applyGradients([{ name: weight.name, tensor: tf.scalar(3) }]);
  expect(learningRateOf(adamax)).toBeCloseTo(0.1 / 1.5, 12);
});

test.each(all)('setting the rate of %s leaks nothing and outlives a tidy', (_, make) => {
  const made = make(0.1);
  const before = tf.memory().numTensors;
  for (const rate of [0.2, 0.3]) setLearningRate(made, rate);
  tf.tidy(() => setLearningRate(made, 0.4));
  expect(tf.memory().numTensors).toBe(before);
  const weight = tf.variable(tf.scalar(5));
  tf.tidy(() => void made.minimize(() => tf.add(tf.mul(weight, 3), 1000), false, [weight]));
  expect(learningRateOf(make(0.4))).toBe(0.4);
});

test('an optimizer of another copy of tfjs-core takes a rate', () => {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-core');
  delete require.cache[path];
  const other: typeof tf = require(path);
  for (const made of [other.train.sgd(0.1), other.train.adam(0.1)]) {
    setLearningRate(made, 0.2);
    expect(learningRateOf(made)).toBe(0.2);
  }
});

test.each([-1, Number.NaN, Infinity, '0.1', undefined])('refuses the rate %s', (rate) => {
  expect(() => setLearningRate(tf.train.adam(0.1), rate as number)).toThrow(InputError);
  expect(() => setLearningRate(tf.train.adam(0.1), rate as number)).toThrow(/must be a number of at least 0; got/);
});

test.each([undefined, null, {}, { learningRate: 0.1 }, 'adam'])('refuses %j, which is no optimizer', (thing) => {
  expect(() => setLearningRate(thing as never, 0.1)).toThrow(InputError);
  expect(() => learningRateOf(thing as never)).toThrow(InputError);
});

test('an optimizer of the caller’s own is known by its method, and refused without one', () => {
  class Mine extends tf.SGDOptimizer {
    static override readonly className = 'Mine';
  }
  const mine = new Mine(0.1);
  setLearningRate(mine, 0.2);
  expect(learningRateOf(mine)).toBe(0.2);
  const other = { getClassName: () => 'Other', learningRate: 0.1 };
  expect(() => setLearningRate(other as never, 0.1)).toThrow(/; got Other$/);
});

test('a rate that TensorFlow.js read wrongly from a file is named, and can be set', () => {
  const adam = tf.train.adam(undefined);
  Object.assign(adam, { learningRate: { className: 'ExponentialDecay' } });
  expect(() => learningRateOf(adam)).toThrow(/ExponentialDecay.*not a number/);
  setLearningRate(adam, 0.01);
  expect(learningRateOf(adam)).toBe(0.01);
});

test.each<[string, () => tf.Optimizer, boolean]>([
  ['tf.train.momentum', () => tf.train.momentum(1, 0.5), true],
  ['tf.train.rmsprop with momentum', () => tf.train.rmsprop(1, 0.9, 0.5), true],
  ['tf.train.adam', () => tf.train.adam(1, 0.5), true],
  ['our momentum', () => optimizer('momentum', { learningRate: 1, momentum: 0.5 }), true],
  ['our adamw', () => optimizer('adamw', { learningRate: 1, beta1: 0.5 }), true],
  ['tf.train.sgd', () => tf.train.sgd(1), false],
  ['tf.train.rmsprop without momentum', () => tf.train.rmsprop(1), false],
  ['tf.train.adagrad', () => tf.train.adagrad(1), false],
  ['our sgd', () => optimizer('sgd'), false],
])('%s: its momentum is set where it has one, without a leak', (_, make, has) => {
  /** The third step along gradients of 3, 3 and 0, which is momentum's alone. */
  const coasting = (momentum?: number) => {
    const made = make();
    const weight = tf.variable(tf.scalar(5));
    const step = (gradient: number) => made.applyGradients([{ name: weight.name, tensor: tf.scalar(gradient) }]);
    step(3);
    step(3);
    const tensors = tf.memory().numTensors;
    if (momentum) {
      setLearningRate(made, 1);
      expect(setMomentum(made, momentum)).toBe(has);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    const before = weight.dataSync()[0] as number;
    step(0);
    return before - (weight.dataSync()[0] as number);
  };
  if (has) expect(Math.abs(coasting(0.9))).toBeGreaterThan(1.2 * Math.abs(coasting()));
  else expect(coasting(0.9)).toBe(coasting());
});

test.each([0, 1, -0.1, Number.NaN])('refuses the momentum %s', (momentum) => {
  expect(() => setMomentum(tf.train.adam(0.1), momentum)).toThrow(/above 0 and below 1; got/);
});
