import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import type { TrainingCheckpoint } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../src/engine/checkpoint.js';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Keras's losses of each epoch, and weights at the end; fixtures/fit/golden.py says how they were made. */
interface Golden {
  batch: number;
  epochs: number;
  xs: number[];
  labels: number[];
  cases: {
    optimizer: string;
    options: { learning_rate: number; gradient_accumulation_steps?: number };
    sample_weight?: number[];
    class_weight?: Record<string, number>;
    initial: number[][];
    losses: number[];
    weights: number[][];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/fit/golden.json', import.meta.url), 'utf8'),
);
type Case = Golden['cases'][0];
const rows = golden.labels.length;

function network({ initial }: Case) {
  const model = sequential({
    layers: [
      layers.dense({
        units: 4,
        inputShape: [3],
        activation: 'tanh',
        kernelConstraint: constraints.maxNorm({ maxValue: 1.2, axis: 0 }),
        kernelRegularizer: regularizers.l2({ l2: 0.01 }),
      }),
      layers.batchNormalization({ momentum: 0.7 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  // Assigned directly, because TensorFlow.js would apply the constraint to what is set.
  for (const [i, weight] of inOrder(model).entries())
    tf.tidy(() => (weight as tf.Variable).assign(tf.tensor(initial[i] as number[], weight.shape)));
  return model;
}

/** The live weights in Keras's order, layer by layer. */
const inOrder = (model: LayersModel) =>
  model.layers.flatMap((layer) => layer.weights.map((weight) => weight.read() as tf.Tensor));
const valuesOf = (model: LayersModel) => inOrder(model).map((weight) => [...weight.dataSync()]);

const data = ({ sample_weight: sampleWeight }: Case) => ({
  xs: tf.tensor(golden.xs, [rows, 3]),
  ys: tf.tensor(golden.labels, [rows, 1]),
  ...(sampleWeight && { sampleWeight }),
});

function optionsOf({ optimizer, options, class_weight: classWeight }: Case): TrainOptions {
  const { spec } = optimizerFromTrainingConfig({ optimizer_config: { class_name: optimizer, config: options } });
  return {
    optimizer: spec,
    learningRate: options.learning_rate,
    loss: 'sparseCategoricalCrossentropy',
    batchSize: golden.batch,
    epochs: golden.epochs,
    shuffle: 'off',
    validationSplit: 0,
    metrics: [],
    classWeight,
  };
}

/** The greatest difference in units of 1 and of the expected value, whichever is larger. */
function difference(found: readonly number[], expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  const errors = found.map((value, i) => {
    const wanted = expected[i] as number;
    return Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
  });
  return Math.max(...errors);
}

describe.each(golden.cases)('$optimizer with $options, $sample_weight, $class_weight', (given) => {
  test("has Keras's losses and weights after three epochs of unequal batches", async () => {
    const model = network(given);
    const { training, setup } = await train(model, data(given), optionsOf(given));
    // The weights of the last case never move, and that is said.
    const moves = given.options.gradient_accumulation_steps !== 50;
    expect(setup.notes.some((note) => note.startsWith('no weight changed'))).toBe(!moves);
    const losses = training.evaluations.map((each) => each.training.loss as number);
    expect(difference(losses, given.losses)).toBeLessThan(2e-5);
    for (const [i, values] of valuesOf(model).entries())
      expect(difference(values, given.weights[i] as number[]), `weight ${i}`).toBeLessThan(2e-5);
  });

  test('ends with the same bits when it is resumed after each epoch', async () => {
    const whole = network(given);
    await train(whole, data(given), optionsOf(given));
    let stored: string | null = null;
    const checkpoint: Checkpoint = {
      open: async () => (stored === null ? null : (JSON.parse(stored) as TrainingCheckpoint)),
      async save(state) {
        stored = JSON.stringify(state);
      },
    };
    let last = network(given);
    for (let epochs = 1; epochs <= golden.epochs; epochs++) {
      last = network(given);
      await train(last, data(given), { ...optionsOf(given), epochs, checkpoint });
    }
    expect(valuesOf(last)).toEqual(valuesOf(whole));
  });
});
