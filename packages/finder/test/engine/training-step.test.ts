import { unsupportedLayers, useBackend } from '@lrfind/backends';
import { seededRandom, withMathRandom } from '@lrfind/core';
import type { Dataset } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model as makeModel, regularizers } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { modelOf } from '../../../backends/test/gradient-error.js';
import { LAYER_CASES } from '../../../backends/test/layer-cases.js';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import type { LossFunction } from '../../src/losses/loss.js';
import { lossFunction, lossNamed, lossNames } from '../../src/losses/registry.js';
import { weightVariables } from '../../src/model/weights.js';
import { type OptimizerSpec, optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend, exact } from '../backend.js';
import { checksum } from '../checksum.js';

// Before the cases below are listed.
await useBackend(backend);

const ROWS = 12;
const BATCH = 4;
const STEPS = 8;

/** Numbers between −1 and 1. */
const waves = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * i + 1));

/** A dataset for a model: whole numbers from 0 to 3 as inputs where it needs ids, waves elsewhere. */
function datasetFor(model: LayersModel, ids = false, target = (count: number) => waves(count, 0.7)): Dataset {
  const shapeOf = ({ shape }: { shape: (number | null)[] }) => shape.slice(1) as number[];
  const inputs = model.inputs.map(shapeOf).map((shape) => {
    const count = ROWS * tf.util.sizeFromShape(shape);
    return { shape, values: ids ? Float32Array.from({ length: count }, (_, i) => (i * 7) % 4) : waves(count, 1.3) };
  });
  const targets = model.outputs
    .map(shapeOf)
    .map((shape) => ({ shape, values: target(ROWS * tf.util.sizeFromShape(shape)) }));
  return { rows: ROWS, inputs, targets, notes: [] };
}

/** Trains a model for some steps at changing rates; what came of it, and then everything is put back. */
function trained(model: LayersModel, data: Dataset, loss: LossFunction, optimizer: OptimizerSpec) {
  const variables = weightVariables(model);
  const before = variables.map((variable) => variable.clone());
  const { rule } = resolveOptimizer(optimizer);
  const losses = model.outputs.map(() => loss);
  const dataset = uploadDataset(data);
  const step = trainingStep({ model, dataset, losses, rule, rescaleVelocity: true, calls: 10 });
  step.reset(3);
  const found: number[] = [];
  const note = (value: tf.Tensor) => {
    found.push(value.dataSync()[0] as number);
    value.dispose();
  };
  for (let i = 0; i < STEPS; i++) {
    const rows = Int32Array.from({ length: BATCH }, (_, k) => (i * BATCH + k * 5) % ROWS);
    note(step.train(rows, 0.01 * 1.1 ** i));
    note(step.evaluate(rows));
  }
  const { notes } = step;
  step.dispose();
  dataset.dispose();
  const weights = checksum(variables);
  for (const [i, variable] of variables.entries()) tf.tidy(() => variable.assign((before[i] as tf.Tensor).clone()));
  tf.dispose(before);
  return { found, weights, notes };
}

/** The same loss, which cannot be compiled: it looks at its own value. */
const eager = (loss: LossFunction): LossFunction => {
  return (target, prediction) => {
    const value = loss(target, prediction);
    value.dataSync();
    return value;
  };
};

const relativeError = (actual: number, wanted = Number.NaN) =>
  Math.abs(actual - wanted) / Math.max(1e-3, Math.abs(wanted));

/** Compiled and eager training agree, on WebAssembly to the last bit, and leave nothing behind. */
function expectAgreement(model: LayersModel, data: Dataset, loss: LossFunction, optimizer: OptimizerSpec = 'adam') {
  const tensors = tf.memory().numTensors;
  const compiled = trained(model, data, loss, optimizer);
  expect(compiled.notes).toEqual([]);
  const expected = trained(model, data, eager(loss), optimizer);
  expect(expected.notes[0]).toMatch(/operation by operation.*reads values back/);
  if (exact) {
    expect(compiled.found).toEqual(expected.found);
    expect(compiled.weights).toBe(expected.weights);
  } else {
    // TensorFlow's optimizer reorders operations; the losses after the updates show whether these were the same.
    for (const [i, loss] of compiled.found.entries()) expect(relativeError(loss, expected.found[i])).toBeLessThan(5e-3);
  }
  expect(tf.memory().numTensors).toBe(tensors);
}

const mse = lossFunction(lossNamed('meanSquaredError'));

describe(`a compiled step gives the ${exact ? 'bits' : 'losses'} of an eager one`, () => {
  // Two that TensorFlow.js does not even make a model of, and one that checks its input's values in JavaScript.
  const left = ['elu, alpha 0.5', 'randomWidth', 'categoryEncoding on the input'];
  const trainable = Object.entries(LAYER_CASES).filter(([name]) => !left.includes(name));
  test.each(trainable)('with the layer %s', (_, row) => {
    const model = modelOf(row);
    if (unsupportedLayers(model).length === 0) expectAgreement(model, datasetFor(model, row[2] === 'ids'), mse);
    model.dispose();
  });

  /** Two inputs, two outputs of three numbers each, a regulariser, a shared layer and a frozen one. */
  const branching = () =>
    withMathRandom(seededRandom(1), () => {
      const inputs = [input({ shape: [4] }), input({ shape: [4] })];
      const both = layers.dense({ units: 4, activation: 'tanh', kernelRegularizer: regularizers.l2({ l2: 0.01 }) });
      const joined = layers.concatenate().apply(inputs.map((one) => both.apply(one) as typeof one)) as typeof inputs;
      const outputs = ['softmax', 'sigmoid'].map((activation) =>
        layers.dense({ units: 3, activation: activation as 'softmax' }).apply(joined),
      );
      const model = makeModel({ inputs, outputs: outputs as typeof inputs });
      const frozen = model.layers[2];
      if (frozen) frozen.trainable = frozen.name.startsWith('dense');
      return model;
    });

  test.each(optimizers.map(({ name }) => name))('with the optimizer %s', (name) => {
    const model = branching();
    expectAgreement(model, datasetFor(model), mse, name);
    model.dispose();
  });

  test.each<OptimizerSpec>([
    { name: 'adam', amsgrad: true },
    { name: 'sgd', momentum: 0.9, nesterov: true },
    { name: 'rmsprop', centered: true, momentum: 0.9 },
  ])('with the optimizer $name and its other options', (optimizer) => {
    const model = branching();
    expectAgreement(model, datasetFor(model), mse, optimizer);
    model.dispose();
  });

  test.each(lossNames)('with the loss %s', (name) => {
    const model = branching();
    const sparse = lossNamed(name).target === 'label';
    const loss = lossFunction(lossNamed(name));
    const classes = (count: number) => Float32Array.from({ length: count }, (_, i) => i % 2);
    const data = datasetFor(model, false, classes);
    const targets = sparse
      ? data.targets.map(() => ({ shape: [1], values: Float32Array.from({ length: ROWS }, (_, i) => i % 3) }))
      : data.targets;
    expectAgreement(model, { ...data, targets }, loss);
    model.dispose();
  });
});

test('a layer that draws from Math.random runs operation by operation, and the notes say so', () => {
  class Jitter extends layers.Layer {
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [x] = [inputs].flat();
      return tf.mul(x as tf.Tensor, 1 + Math.random());
    }
    override computeOutputShape(shape: number[]): number[] {
      return shape;
    }
    static className = 'Jitter';
  }
  const start = input({ shape: [3] });
  const jitter = new Jitter({}).apply(layers.dense({ units: 3 }).apply(start));
  const model = makeModel({ inputs: start, outputs: layers.dense({ units: 1 }).apply(jitter) as typeof start });
  const { notes } = trained(model, datasetFor(model), mse, 'adam');
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^steps run operation by operation, which is slower: a constant .* other values/);
  model.dispose();
});
