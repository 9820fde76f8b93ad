import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { serializeModel } from '../../src/model/formats/tfjs/save.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { readModelText } from '../model/model-text.js';
import { drawn, heights, points, rejection } from './small-trainings.js';

beforeAll(async () => {
  await useBackend(backend);
});

const xs = points(12);
const ys = heights(xs);
const options = { learningRate: 0.01, epochs: 2, batchSize: 12, validationSplit: 0, loss: 'meanSquaredError' } as const;

const base = () =>
  sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [2], kernelInitializer: drawn(1), name: 'hidden' }),
      layers.batchNormalization({ name: 'norm' }),
      layers.dropout({ rate: 0.9, name: 'drop' }),
    ],
    name: 'base',
  });

/** A head on a base, which is called with these options; a masking layer changes nothing and makes lrfind run the masks. */
function model(call: object, masked = false): LayersModel {
  const inputs = input({ shape: [2], name: 'in' });
  const apply = (layer: layers.Layer, to: SymbolicTensor, kwargs = {}) => layer.apply(to, kwargs) as SymbolicTensor;
  const features = apply(base(), inputs, call);
  const steps = apply(layers.reshape({ targetShape: [2, 2] }), features);
  const kept = masked ? apply(layers.masking({ maskValue: 1e9 }), steps) : steps;
  const head = apply(layers.lstm({ units: 2, kernelInitializer: drawn(2), recurrentInitializer: drawn(3) }), kept);
  return functional({ inputs, outputs: apply(layers.dense({ units: 1, kernelInitializer: drawn(4) }), head) });
}

type Weight = LayersModel['weights'][number];

const lossOf = (each: LayersModel) =>
  tf.tidy(() =>
    Number(
      tf.losses.meanSquaredError(tf.tensor2d(ys, [12, 1]), each.predict(tf.tensor2d(xs)) as tf.Tensor).dataSync()[0],
    ),
  );
const weightNamed = (each: LayersModel, name: string) => [
  ...((each.weights.find(({ originalName }) => originalName === name) as Weight).read() as tf.Tensor).dataSync(),
];

describe('a part of a model that is called with training: false', () => {
  test.each([false, true])(
    'runs in training as it does in use, and its weights learn; with masks: %s',
    async (masked) => {
      const part = model({ training: false }, masked);
      const before = lossOf(part);
      const kernel = weightNamed(part, 'hidden/kernel');
      const { losses } = await train(part, { xs, ys }, { ...options, initialWeights: 'given' });
      expect(losses[0]).toBeCloseTo(before, 6);
      expect(weightNamed(part, 'norm/moving_mean')).toEqual([0, 0, 0, 0]);
      expect(weightNamed(part, 'norm/moving_variance')).toEqual([1, 1, 1, 1]);
      expect(weightNamed(part, 'hidden/kernel')).not.toEqual(kernel);
    },
  );

  test('differs from one that is called without', async () => {
    const part = model({});
    const before = lossOf(part);
    const { losses } = await train(part, { xs, ys }, { ...options, initialWeights: 'given' });
    expect(losses[0]).not.toBeCloseTo(before, 3);
    expect(weightNamed(part, 'norm/moving_mean')).not.toEqual([0, 0, 0, 0]);
  });

  test('is called so after it was saved and read', async () => {
    const { topology, weights } = await serializeModel(model({ training: false }), 'weights.bin');
    const { model: copy } = await readModelText(topology, { 'weights.bin': weights });
    const before = lossOf(copy);
    const { losses } = await train(copy, { xs, ys }, { ...options, initialWeights: 'given' });
    expect(losses[0]).toBeCloseTo(before, 6);
  });

  test.each([
    [
      'true',
      { training: true },
      /^layer "base" must be called without training: true, which TensorFlow\.js does not have$/,
    ],
  ])('is refused with training: %s', async (_, call, message) => {
    const error = await rejection(train(model(call), { xs, ys }, options));
    expect(error.message).toMatch(message);
  });

  test('is refused where another call has no option', async () => {
    const shared = base();
    const inputs = input({ shape: [2], name: 'in' });
    const calls = [shared.apply(inputs, { training: false }), shared.apply(inputs)] as SymbolicTensor[];
    const outputs = layers.dense({ units: 1 }).apply(layers.add().apply(calls)) as SymbolicTensor;
    const error = await rejection(train(functional({ inputs, outputs }), { xs, ys }, options));
    expect(error.message).toBe('layer "base" must be called with training: false each time, or never');
  });
});
