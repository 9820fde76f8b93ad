import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { Dataset, Table } from '@lrfind/data';
import { memory, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { encodeTable } from '../../src/losses/encode-table.js';
import { inTargetUnits } from '../../src/model/in-target-units.js';
import { train } from '../../src/train.js';

beforeAll(() => useBackend('wasm'));

const xs = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
/** Around 4,000, with a standard deviation of some hundreds. */
const mass = xs.map(([a = 0, b = 0], i) => 4000 + 500 * a - 300 * b + 40 * Math.sin(7 * i));
const mean = mass.reduce((sum, y) => sum + y, 0) / mass.length;
const spread = Math.sqrt(mass.reduce((sum, y) => sum + (y - mean) ** 2, 0) / mass.length);

const table: Table = {
  source: 'mass.csv',
  rows: mass.length,
  columns: ['a', 'b', 'mass'].map((name) => ({ name, kind: 'number' })),
  values: Float32Array.from(xs.flatMap((row, i) => [...row, mass[i] as number])),
  place: (row) => `row ${row + 1}`,
};

const regressor = () =>
  sequential({
    layers: [
      layers.dense({ units: 4, activation: 'tanh', inputShape: [2], kernelInitializer: 'ones' }),
      layers.dense({ units: 1, name: 'out', kernelInitializer: 'ones' }),
    ],
  });

const options = { scale: 'none', missing: 'mean' } as const;
const scaled = (model: LayersModel, loss?: string) =>
  encodeTable(table, model, { ...options, scaleTarget: true, ...(loss !== undefined && { loss }) });

/** The same rows, scaled by hand. */
const byHand = (): Dataset => ({
  rows: mass.length,
  inputs: [{ shape: [2], values: Float32Array.from(xs.flat()) }],
  targets: [{ shape: [1], values: Float32Array.from(mass, (y) => (Math.fround(y) - mean) / spread) }],
  notes: [],
});

const training = { learningRate: 0.05, optimizer: 'sgd', epochs: 3, batchSize: 20, validationSplit: 0 } as const;

test.each([
  ['meanSquaredError', 2],
  ['meanAbsoluteError', 1],
])('weights are those of a target scaled by hand; %s is in its own units', async (loss, degree) => {
  const [own, other] = [regressor(), regressor()];
  const result = await train(own, scaled(own, loss).dataset, {
    ...training,
    loss,
    metrics: ['meanAbsoluteError', 'r2Score'],
  });
  const plain = await train(other, byHand(), { ...training, loss, metrics: ['meanAbsoluteError', 'r2Score'] });
  for (const [i, weight] of own.getWeights().entries()) {
    const wanted = other.getWeights()[i]?.dataSync() as Float32Array;
    for (const [k, value] of weight.dataSync().entries()) expect(value).toBeCloseTo(wanted[k] as number, 5);
  }
  for (const [i, value] of result.losses.entries())
    expect((value as number) / ((plain.losses[i] as number) * spread ** degree)).toBeCloseTo(1, 4);
  const [last, wanted] = [result, plain].map((each) => each.training.evaluations.at(-1)?.training.metrics);
  expect((last?.meanAbsoluteError ?? 0) / ((wanted?.meanAbsoluteError ?? 0) * spread)).toBeCloseTo(1, 4);
  expect(last?.r2Score).toBeCloseTo(wanted?.r2Score as number, 4);
});

test('the model in the target’s units predicts what the losses are of', async () => {
  const model = regressor();
  const { dataset, transform } = scaled(model);
  const { test: tested } = await train(model, dataset, { ...training, test: transform(table) });
  const before = memory().numTensors;
  const whole = inTargetUnits(model, dataset.targets[0]?.scaling);
  const input = tensor2d(xs);
  const output = whole.predict(input) as Tensor;
  const predicted = [...output.dataSync()];
  const squares = predicted.map((value, i) => (value - (mass[i] as number)) ** 2);
  expect((tested?.loss as number) / (squares.reduce((sum, value) => sum + value, 0) / squares.length)).toBeCloseTo(
    1,
    3,
  );
  expect(Math.abs(predicted.reduce((sum, value) => sum + value, 0) / predicted.length - mean)).toBeLessThan(spread);
  input.dispose();
  output.dispose();
  expect(memory().numTensors).toBe(before);
  expect(inTargetUnits(model, undefined)).toBe(model);
});

test('searches and comparisons report losses in the target’s units too', async () => {
  const model = regressor();
  const { dataset } = scaled(model);
  const found = await findLearningRate(model, dataset, { steps: 20, repeats: 1, batchSize: 20 });
  // The first loss is that of the initial weights, which predict about 0 on the scaled target.
  expect(found.sweeps[0]?.points[0]?.loss).toBeGreaterThan(0.1 * spread ** 2);
  const compared = await compare(model, dataset, {
    trials: [{ learningRate: 0.01 }, { learningRate: 0.05 }],
    ...{ repeats: 1, epochs: 1, batchSize: 20, metrics: ['meanAbsoluteError'] },
  });
  const evaluation = compared.trials[0]?.trainings[0]?.evaluations.at(-1)?.validation;
  expect(evaluation?.loss).toBeGreaterThan(0.01 * spread ** 2);
  expect(evaluation?.metrics.meanAbsoluteError).toBeGreaterThan(0.05 * spread);
});

test('a note says how the target was scaled, or that it is not and what scales it', () => {
  const digits = (value: number) => Number(value.toPrecision(4));
  expect(scaled(regressor()).dataset.notes).toContain(
    `target "mass" scaled to mean 0 and standard deviation 1 (from mean ${digits(mean)} and standard deviation ${digits(spread)}); losses and metrics are in its own units`,
  );
  expect(encodeTable(table, regressor(), options).dataset.notes).toContain(
    `target "mass" has mean ${digits(mean)} and standard deviation ${digits(spread)}, and is not scaled: --scale-target trains on it scaled, and reports it in its own units`,
  );
});

test('what cannot be undone is refused', () => {
  expect(() => scaled(regressor(), 'huber')).toThrow(
    new InputError(
      'scaleTarget must be used with a target of numbers and the loss meanSquaredError or meanAbsoluteError; got huber',
    ),
  );
  const same = { ...table, values: table.values.map((value, i) => (i % 3 === 2 ? 7 : value)) };
  expect(() => encodeTable(same, regressor(), { ...options, scaleTarget: true })).toThrow(
    'scaleTarget must be left out where target "mass" never changes; got 7',
  );
});
