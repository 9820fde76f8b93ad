import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { type TrainingStep, trainingStep } from '../../src/engine/training-step.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { metricsOf } from '../../src/metrics.js';
import { weightVariables } from '../../src/model/weights.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend, exact } from '../backend.js';
import { checksum } from '../checksum.js';
import { drawn } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const rows = 12;
const waves = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * i + 1));
const data = {
  rows,
  inputs: [{ shape: [3], values: waves(3 * rows, 1.3) }],
  targets: [{ shape: [1], values: waves(rows, 0.7) }],
  notes: [],
};

/** Statistics that no gradient moves, noise that depends on seed and step, and a frozen layer. */
function make(): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ units: 4, activation: 'tanh', inputShape: [3], kernelInitializer: drawn(1) }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'tanh', kernelInitializer: drawn(2), trainable: false }),
      layers.dense({ units: 1, kernelInitializer: drawn(3) }),
    ],
  });
  return model;
}

const bits = (model: LayersModel) => checksum(weightVariables(model));

/** Some steps at rates, and momenta, that change; the losses. */
function steps(step: TrainingStep, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => {
    const at = from + i;
    const batch = Int32Array.from({ length: 4 }, (_, k) => (at * 4 + k * 5) % rows);
    const loss = step.train(batch, 0.01 * 1.2 ** at, 0.9 - at / 50);
    const value = loss.dataSync()[0] as number;
    loss.dispose();
    return value;
  });
}

function stepOf(model: LayersModel, name: string, rescaleVelocity: boolean) {
  const dataset = uploadDataset(data);
  const { rule } = resolveOptimizer(name);
  const schedulesMomentum = rule.momentum !== undefined;
  const losses = [lossFunction(lossNamed('meanSquaredError'))];
  const step = trainingStep({ model, dataset, losses, rule, rescaleVelocity, schedulesMomentum, calls: 20 });
  return {
    step,
    end() {
      step.dispose();
      dataset.dispose();
    },
  };
}

describe.each(optimizers)('a training with $name', ({ name }) => {
  test.each([false, true])(
    'goes on where it was saved, to the same bits, in another model too (correcting: %s)',
    async (correct) => {
      const [model, twin] = [make(), make()];
      const straight = stepOf(model, name, correct);
      straight.step.reset(5);
      const first = steps(straight.step, 0, 4);
      const saved = await straight.step.save();
      expect(saved).toMatchObject({ seed: 5, steps: 4, lastRate: 0.01 * 1.2 ** 3 });
      const rest = steps(straight.step, 4, 8);
      const end = bits(model);

      // Elsewhere, after something else; and here, after the end.
      const other = stepOf(twin, name, correct);
      other.step.reset(9);
      steps(other.step, 0, 2);
      for (const { step, of } of [
        { ...other, of: twin },
        { ...straight, of: model },
      ]) {
        const tensors = tf.memory().numTensors;
        step.restore(saved);
        expect(tf.memory().numTensors).toBe(tensors);
        const again = steps(step, 4, 8);
        if (exact) {
          expect(again).toEqual(rest);
          expect(bits(of)).toBe(end);
        } else for (const [i, loss] of again.entries()) expect(loss).toBeCloseTo(rest[i] as number, 3);
      }
      // What was saved is a copy: the steps since have not changed it.
      expect((await straight.step.save()).values).not.toEqual(saved.values);
      straight.step.restore(saved);
      expect(await straight.step.save()).toEqual(saved);
      expect(first).toHaveLength(4);
      for (const { end } of [straight, other]) end();
    },
  );
});

test('a state holds the weights, frozen ones and statistics too, and the optimizer’s slots; the first step is its first', async () => {
  const model = make();
  const { step, end } = stepOf(model, 'adam', false);
  step.reset(3);
  const { values, lastRate, steps: taken } = await step.save();
  // Twelve weights, of which six are trained, each with two slots: two of three dense layers and gamma and beta.
  expect(values).toHaveLength(model.weights.length + 2 * model.trainableWeights.length);
  expect(model.trainableWeights).toHaveLength(6);
  expect([lastRate, taken]).toEqual([Number.NaN, 0]);
  for (const [i, weight] of weightVariables(model).entries()) expect(values[i]).toEqual(weight.dataSync());
  end();
});

test('metrics stand behind the loss, of the predictions that were trained and of those that are evaluated', () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3], kernelInitializer: drawn(1) })] });
  const dataset = uploadDataset(data);
  const { rule } = resolveOptimizer('sgd');
  const losses = [lossFunction(lossNamed('meanSquaredError'))];
  const metrics = metricsOf(['mae', 'mse'], [lossNamed('meanSquaredError')], model);
  const before = tf.memory().numTensors;
  const step = trainingStep({ model, dataset, losses, metrics, rule, rescaleVelocity: false, calls: 9 });
  const batch = Int32Array.of(0, 3, 7, 11);
  for (let i = 0; i < 5; i++) {
    // By hand, of the weights before the step.
    const [kernel = [], bias = []] = model.getWeights().map((weight) => [...weight.dataSync()]);
    const errors = [...batch].map((row) => {
      const x = [...(data.inputs[0]?.values.slice(3 * row, 3 * row + 3) ?? [])];
      const predicted = x.reduce((sum, value, k) => sum + value * (kernel[k] as number), bias[0] as number);
      return predicted - (data.targets[0]?.values[row] as number);
    });
    const absolute = errors.reduce((sum, error) => sum + Math.abs(error), 0) / 4;
    const square = errors.reduce((sum, error) => sum + error ** 2, 0) / 4;
    const measured = [step.evaluate(batch), step.train(batch, 0.1)];
    for (const each of measured) {
      const values = [...each.dataSync()];
      expect(values).toHaveLength(3);
      for (const [k, expected] of [square, absolute, square].entries()) expect(values[k]).toBeCloseTo(expected, 5);
    }
    tf.dispose(measured);
  }
  expect(step.notes).toEqual([]);
  step.dispose();
  expect(tf.memory().numTensors).toBe(before);
  dataset.dispose();
});

test('a state of other weights is refused, and nothing is changed', async () => {
  const model = make();
  const { step, end } = stepOf(model, 'adam', false);
  steps(step, 0, 2);
  const saved = await step.save();
  const before = bits(model);
  const [first, ...others] = saved.values as [Float32Array, ...Float32Array[]];
  for (const values of [[], others, [first.subarray(1), ...others], [...saved.values, first]]) {
    expect(() => step.restore({ ...saved, values })).toThrow(InputError);
    expect(() => step.restore({ ...saved, values })).toThrow(
      /^the saved training of model ".*" must have \d+ arrays of 12, 4, /,
    );
    expect(bits(model)).toBe(before);
  }
  end();
  model.dispose();
});
