import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { optimizer as makeOptimizer } from '../../src/optimizers/optimizer.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { bits, heights, points, regression, rejection, tensorsLeft, weights } from './small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };

/** y = w · x with one weight, whose gradient and loss can be written down: the mean of (w x − y)². */
const line = { xs: [[1], [2], [-1], [0.5]], ys: [2.5, 3.5, -2, 1.5] };
function lineModel(extra: object = {}): LayersModel {
  const model = sequential({ layers: [layers.dense({ units: 1, useBias: false, inputShape: [1], ...extra })] });
  model.setWeights([tf.tensor2d([[-0.5]])]);
  return model;
}
const lossAt = (w: number, rows: readonly number[] = [0, 1, 2, 3]) =>
  rows.reduce((sum, i) => sum + (w * (line.xs[i]?.[0] ?? 0) - (line.ys[i] ?? 0)) ** 2, 0) / rows.length;
const slopeAt = (w: number, rows: readonly number[] = [0, 1, 2, 3]) =>
  rows.reduce((sum, i) => {
    const x = line.xs[i]?.[0] ?? 0;
    return sum + 2 * x * (w * x - (line.ys[i] ?? 0));
  }, 0) / rows.length;
const whole = { loss: 'meanSquaredError', batchSize: 4, validationSplit: 0, shuffle: 'off' } as const;

describe('Schedule-Free', () => {
  /** The three sequences of the paper at a constant rate, after some steps. */
  function sequences(rate: number, steps: number) {
    let [x, y, z] = [-0.5, -0.5, -0.5];
    for (let t = 1; t <= steps; t++) {
      z -= rate * slopeAt(y);
      x += (z - x) / t;
      y = 0.1 * z + 0.9 * x;
    }
    return { x, y, z };
  }

  test('ends with the average x as the weight, and each evaluation is of the x of its epoch', async () => {
    const model = lineModel();
    const given = { ...whole, optimizer: 'schedule-free-sgd', learningRate: 0.2, epochs: 7, validation: line };
    const { training } = await train(model, line, given);
    const { x, y } = sequences(0.2, 7);
    expect(weights(model)[0]).toBeCloseTo(x, 5);
    expect(Math.abs(x - y)).toBeGreaterThan(1e-3);
    for (const [i, { validation, training: of }] of training.evaluations.entries()) {
      expect(validation?.loss).toBeCloseTo(lossAt(sequences(0.2, i + 1).x), 5);
      // The loss of the step itself is that at y.
      expect(of.loss).toBeCloseTo(lossAt(sequences(0.2, i).y), 5);
    }
  });

  test('saves the average as the model of a checkpoint, and goes on from y', async () => {
    const saved: number[] = [];
    const checkpoint = {
      open: async () => null,
      save: async (_: object, { model }: { model: LayersModel }) => void saved.push(weights(model)[0] as number),
    };
    const given = { ...whole, optimizer: 'schedule-free-sgd', learningRate: 0.2, epochs: 4, checkpoint };
    await train(lineModel(), line, given);
    expect(saved).toHaveLength(4);
    for (const [i, weight] of saved.entries()) expect(weight).toBeCloseTo(sequences(0.2, i + 1).x, 5);
  });

  test('after model.fit, finalizeVariableValues puts the average in place', async () => {
    const model = lineModel();
    const own = makeOptimizer('schedule-free-sgd', { learningRate: 0.2 });
    model.compile({ optimizer: own, loss: 'meanSquaredError' });
    const [x, y] = [tf.tensor2d(line.xs), tf.tensor2d(line.ys, [4, 1])];
    await model.fit(x, y, { epochs: 5, batchSize: 4, verbose: 0 });
    expect(weights(model)[0]).toBeCloseTo(sequences(0.2, 5).y, 5);
    own.finalizeVariableValues();
    expect(weights(model)[0]).toBeCloseTo(sequences(0.2, 5).x, 5);
  });

  test('has its average within the constraint of a weight', async () => {
    const model = lineModel({ kernelConstraint: constraints.maxNorm({ maxValue: 0.75, axis: 0 }) });
    await train(model, line, { ...whole, optimizer: 'schedule-free-sgd', learningRate: 0.2, epochs: 6 });
    expect(Math.abs(weights(model)[0] as number)).toBeLessThan(0.7501);
    expect(Math.abs(weights(model)[0] as number)).toBeGreaterThan(0.2);
  });

  test.each(['schedule-free-sgd', 'schedule-free-adamw'])('%s takes no other average', async (name) => {
    const refused = await rejection(train(lineModel(), line, { learningRate: 1, optimizer: { name, useEma: true } }));
    expect(refused).toBeInstanceOf(InputError);
    expect(refused.message).toMatch(new RegExp(`^unknown option ${name}\\.useEma`));
  });
});

describe('MoMo', () => {
  /** Its formula for one weight, from the losses and slopes of the rows of each update. */
  function polyak(rate: number, updates: readonly (readonly number[])[], momentum = 0.9) {
    let w = -0.5;
    let [d, f, g] = [0, 0, 0];
    updates.forEach((rows, t) => {
      const keep = t === 0 ? 0 : momentum;
      const [loss, slope] = [lossAt(w, rows), slopeAt(w, rows)];
      d = keep * d + (1 - keep) * slope;
      f = keep * f + (1 - keep) * loss;
      g = keep * g + (1 - keep) * slope * w;
      w -= Math.min(rate, Math.max(f - g + d * w, 0) / d ** 2) * d;
    });
    return w;
  }
  const all = [0, 1, 2, 3];

  test.each([10, 0.05])('gets the loss of the batch: at rate %d its steps are those of its formula', async (rate) => {
    const model = lineModel();
    await train(model, line, { ...whole, optimizer: 'momo', learningRate: rate, epochs: 4 });
    expect(weights(model)[0]).toBeCloseTo(polyak(rate, [all, all, all, all]), 4);
    const free = polyak(1e9, [all, all, all, all]);
    // At the high rate the loss limits every step, at the low one the rate does.
    if (rate === 10) expect(polyak(rate, [all, all, all, all])).toBe(free);
    else expect(Math.abs(polyak(rate, [all, all, all, all]) - free)).toBeGreaterThan(0.01);
  });

  test('gets the mean loss of the batches that make one update', async () => {
    const model = lineModel();
    const optimizer = { name: 'momo', gradientAccumulationSteps: 2 };
    await train(model, line, { ...whole, optimizer, learningRate: 10, epochs: 3, batchSize: 2 });
    expect(weights(model)[0]).toBeCloseTo(polyak(10, [all, all, all]), 4);
  });

  test('in model.fit moves as in train', async () => {
    const model = lineModel();
    model.compile({ optimizer: makeOptimizer('momo', { learningRate: 10 }), loss: 'meanSquaredError' });
    await model.fit(tf.tensor2d(line.xs), tf.tensor2d(line.ys, [4, 1]), { epochs: 4, batchSize: 4, verbose: 0 });
    expect(weights(model)[0]).toBeCloseTo(polyak(10, [all, all, all, all]), 4);
  });

  test.each(['momo', 'momo-adam'])('%s refuses gradients of which it knows no loss, and changes nothing', (name) => {
    const own = makeOptimizer(name);
    const weight = tf.variable(tf.scalar(2));
    const before = tf.memory().numTensors;
    const apply = () => own.applyGradients([{ name: weight.name, tensor: tf.scalar(3) }]);
    expect(() => tf.tidy(apply)).toThrow(InputError);
    expect(() => tf.tidy(apply)).toThrow(
      `${name} must know the loss of the gradients: call minimize(), or computeGradients() of this optimizer before applyGradients()`,
    );
    expect([weight.dataSync()[0], own.iterations, tf.memory().numTensors]).toEqual([2, 0, before]);
    own.dispose();
  });
});

describe.each(['prodigy', 'dog'])('%s finds its own rate', (name) => {
  test('so a search is refused, which says what to do, and leaves the model', async () => {
    const model = regression();
    const before = bits(model);
    const left = await tensorsLeft(async () => {
      const refused = await rejection(findLearningRate(model, data, { optimizer: name }));
      expect(refused).toBeInstanceOf(InputError);
      expect(refused.message).toBe(
        `optimizer must be one that needs a learning rate (sgd, momentum, nesterov, rmsprop, adagrad, adadelta, adam, adamw, adamax, nadam, lion, muon, schedule-free-sgd, schedule-free-adamw, momo, momo-adam); got ${name}, which finds its own: train with it at rate 1, or compare it with a tuned one, as lrfind compare --optimizer adam,${name} --lr find does`,
      );
    });
    expect([bits(model), left]).toEqual([before, 0]);
  });

  test('and a training that is to find the rate has the multiplier 1 and says so', async () => {
    const [found, one] = [regression(), regression()];
    const given = { optimizer: name, epochs: 3, batchSize: 8 };
    const result = await train(found, data, { ...given, learningRate: 'find' });
    await train(one, data, { ...given, learningRate: 1 });
    expect(bits(found)).toBe(bits(one));
    expect(result.recipe).toMatchObject({ learningRate: '1', suggestion: null });
    expect(result.setup.notes).toContain(
      `${name} finds its own rate: no search, and the learning rate, its multiplier, is 1`,
    );
  });
});

test('a comparison of tuned optimizers and those without a rate searches for the rates of the tuned ones alone', async () => {
  const names = ['adam', 'schedule-free-adamw', 'prodigy'];
  const { trials } = await compare(regression(), data, {
    trials: names.map((optimizer) => ({ optimizer, learningRate: 'find' as const })),
    steps: 30,
    repeats: 1,
    batchSize: 8,
  });
  expect(trials.map(({ name }) => name)).toEqual(names);
  expect(trials.map(({ recipe }) => recipe.suggestion !== null)).toEqual([true, true, false]);
  expect(trials[2]?.recipe.learningRate).toBe('1');
  expect(trials[2]?.notes).toContain(
    'prodigy finds its own rate: no search, and the learning rate, its multiplier, is 1',
  );
});

test('beside other rates, the one that an optimizer finds itself is named so', async () => {
  const rates = [0.5, 'find'] as const;
  const { trials } = await compare(regression(), data, {
    trials: ['adam', 'prodigy'].flatMap((optimizer) => rates.map((learningRate) => ({ optimizer, learningRate }))),
    steps: 10,
    repeats: 1,
    batchSize: 8,
  });
  const names = ['adam, lr 0.5', 'adam, found rate', 'prodigy, lr 0.5', 'prodigy, own rate'];
  expect(trials.map(({ name }) => name)).toEqual(names);
});
