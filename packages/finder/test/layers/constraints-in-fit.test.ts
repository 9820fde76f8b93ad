import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { backend } from '../backend.js';
import { expectNear, golden } from './golden.js';
import { leafWeights, MODELS, setLeafWeights } from './models.js';

await useBackend(backend);

describe("constraints bound weights in model.fit with lrfind's optimizers, as in Keras", () => {
  test.each(golden.constraints.map((given) => [given.name, JSON.stringify(given.optimizer), given] as const))(
    '%s with %s',
    async (_name, _optimizer, given) => {
      const model = (MODELS[given.name] as (typeof MODELS)[string])();
      setLeafWeights(model, given.initial);
      const rows = 4;
      const columns = [...given.inputs, ...given.targets];
      const [xs, ys] = columns.map(({ shape, values }) => tf.tensor(values, [rows, ...shape])) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const { name, ...parameters } = given.optimizer;
      model.compile({
        optimizer: optimizer(name, { ...parameters, learningRate: given.rate }),
        loss: 'meanSquaredError',
      });
      await model.fit(xs, ys, { epochs: given.steps.length, batchSize: rows, shuffle: false, verbose: 0 });
      const trained = leafWeights(model).map((weight) => [...weight.dataSync()]);
      for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
      model.dispose();
      tf.dispose([xs, ys]);
    },
  );
});

test('constraints hold where the caller computes the gradients, and leave no tensor behind', () => {
  const made = optimizer('sgd', { learningRate: 0.5 });
  const model = sequential({
    layers: [layers.dense({ units: 2, inputShape: [2], useBias: false, kernelConstraint: constraints.nonNeg() })],
  });
  const [kernel] = leafWeights(model) as [tf.Variable];
  tf.tidy(() => kernel.assign(tf.tensor2d([0.25, 1, -1, 0.5], [2, 2])));
  const before = tf.memory().numTensors;
  const step = () =>
    tf.tidy(() => {
      // The gradient of each weight is 1.
      const { grads } = made.computeGradients(() => tf.sum(model.apply(tf.ones([1, 2])) as tf.Tensor) as tf.Scalar);
      made.applyGradients(grads);
    });
  step();
  expect([...kernel.dataSync()]).toEqual([0, 0.5, 0, 0]);
  step();
  expect([...kernel.dataSync()]).toEqual([0, 0, 0, 0]);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  made.dispose();
});
