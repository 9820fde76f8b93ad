import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { expectNear, golden, trainedHere } from './golden.js';

await useBackend(backend);

describe('constraints bound weights after each update, as in Keras', () => {
  test.each(golden.constraints.map((given) => [given.name, JSON.stringify(given.optimizer), given] as const))(
    '%s with %s',
    (_name, _optimizer, given) => {
      const { steps, trained, notes, left } = trainedHere(given);
      expect(notes).toEqual([]);
      expect(left).toBe(0);
      expectNear(steps.flat(), given.steps.flat());
      for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
    },
  );
});

describe('what layers add to the loss counts as in Keras', () => {
  test.each(golden.penalties.map((given) => [given.name, given] as const))('%s', (_, given) => {
    const { steps, trained, notes, left } = trainedHere(given);
    expect(notes).toEqual([]);
    expect(left).toBe(0);
    expectNear(steps.flat(), given.steps.flat());
    for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
  });
});

test('functions given to addLoss count once, those of a frozen layer and of the model too; a regulariser of a frozen one does not', () => {
  const l2 = () => regularizers.l2({ l2: 1 });
  const frozen = layers.dense({ units: 1, kernelInitializer: 'ones', kernelRegularizer: l2(), inputShape: [1] });
  const model = sequential({ layers: [frozen, layers.dense({ units: 1, kernelInitializer: 'ones' })] });
  frozen.trainable = false;
  // TensorFlow.js declares the outcome, and calls a function.
  const adds = (value: number) => (() => tf.scalar(value)) as never;
  frozen.addLoss(adds(10));
  model.addLoss(adds(200));
  const dataset = uploadDataset({
    rows: 1,
    inputs: [{ shape: [1], values: Float32Array.of(3) }],
    targets: [{ shape: [1], values: Float32Array.of(1) }],
    notes: [],
  });
  const losses = [lossFunction(lossNamed('mse'))];
  const { rule } = resolveOptimizer('sgd');
  const tensors = tf.memory().numTensors;
  const step = trainingStep({ model, dataset, losses, rule, rescaleVelocity: false, calls: 4 });
  for (let i = 0; i < 4; i++) {
    const loss = step.train(Int32Array.of(0), 0);
    expect(loss.dataSync()[0]).toBe((3 - 1) ** 2 + 10 + 200);
    loss.dispose();
  }
  expect(step.notes).toEqual([]);
  step.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  dataset.dispose();
  model.dispose();
});

test('an activity regulariser within a wrapper, which TensorFlow.js would leave out, is refused by layer', async () => {
  const layer = layers.dense({ units: 1, activityRegularizer: 'l1l2', name: 'active' });
  const model = sequential({ layers: [layers.timeDistributed({ layer, inputShape: [2, 1] })] });
  const data = { xs: [[[1], [2]]], ys: [[[1], [2]]] };
  await expect(train(model, data, { learningRate: 0.1 })).rejects.toThrow(
    'layer "active" (Dense) must have no activityRegularizer, because TensorFlow.js does not apply it',
  );
});
