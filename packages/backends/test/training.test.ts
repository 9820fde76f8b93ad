import * as tf from '@tensorflow/tfjs-core';
import { input, layers as L, model as makeModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { unsupportedLayers, useBackend } from '../src/node/index.js';
import { modelOf } from './gradient-error.js';
import { LAYER_CASES } from './layer-cases.js';
import { tryLayer } from './layers-table.js';
import { liveTensors } from './support/check.js';
import { randomSource } from './support/random.js';

// The initialisers and the noise of layers draw from it.
const random = vi.spyOn(Math, 'random');

/** Layers that kernels cannot correct. */
const REFUSED_ON_WASM = [
  'batchNormalization of 5 axes',
  'batchNormalization without center',
  'batchNormalization without scale',
  'centerCrop',
  'conv1d, causal',
  'conv2d, dilated',
  'conv2d, dilated, strides 2',
  'conv2d, dilated, tanh',
  'conv2dTranspose, dilated',
  'conv3dTranspose, dilated',
  'elu, alpha 0.5',
  'layerNormalization of 5 axes',
  'layerNormalization without center',
  'layerNormalization without scale',
  'randomWidth',
  'resizing',
  'separableConv2d, channels first',
  'softmax on a sequence, default axis',
];

beforeAll(async () => {
  await useBackend('wasm');
});

afterAll(() => random.mockRestore());

function seedMathRandom(seed: number): void {
  const source = randomSource(seed);
  random.mockImplementation(() => source.integer(0, 2 ** 31 - 2) / 2 ** 31);
}

test.each(Object.entries(LAYER_CASES))(
  '%s: the gradient predicts the loss, or the layer is refused',
  async (name, layer) => {
    const { verdict, leaked } = await tryLayer(layer, unsupportedLayers);
    expect(verdict).toMatch(REFUSED_ON_WASM.includes(name) ? /^refused/ : /^ok$/);
    expect(leaked).toEqual({ tensors: 0, buffers: 0 });
  },
);

test('an embedding changes the rows that occurred, each by the sum of its gradients, and no other', async () => {
  seedMathRandom(3);
  const start = input({ shape: [3] });
  const rows = L.embedding({ inputDim: 5, outputDim: 2 }).apply(start);
  const model = makeModel({ inputs: start, outputs: L.globalAveragePooling1d({}).apply(rows) as typeof start });
  model.compile({ optimizer: tf.train.sgd(1), loss: 'meanSquaredError' });
  const table = () => model.getWeights()[0]?.arraySync() as number[][];
  const before = table();
  const [x, y] = [tf.tensor2d([[4, 1, 4]]), tf.zeros([1, 2])];
  await model.trainOnBatch(x, y);
  const mean = [0, 1].map((c) => ([4, 1, 4] as const).reduce((sum, id) => sum + (before[id]?.[c] as number), 0) / 3);
  const after = table();
  for (const [id, times] of [0, 1, 0, 0, 2].entries()) {
    // d/dw of the mean over two outputs of (Σ w / 3)² is (occurrences / 3) · mean.
    const expected = [0, 1].map((c) => (before[id]?.[c] as number) - (times / 3) * (mean[c] as number));
    after[id]?.forEach((value, c) => {
      expect(value).toBeCloseTo(expected[c] as number, 6);
    });
  }
  tf.dispose([x, y]);
  model.dispose();
});

/** Ten steps of a small convolutional net with everything random in it. */
async function train(): Promise<number[]> {
  seedMathRandom(5);
  const model = modelOf([
    [6, 6, 1],
    () => [
      L.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      L.maxPooling2d({}),
      L.dropout({ rate: 0.3 }),
      L.gaussianNoise({ stddev: 0.1 }),
      L.batchNormalization({}),
    ],
  ]);
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  const source = randomSource(4);
  const [x, y] = [tf.tensor4d(source.normals(8 * 36), [8, 6, 6, 1]), tf.tensor2d(source.normals(8), [8, 1])];
  const losses: number[] = [];
  for (let i = 0; i < 10; i++) losses.push((await model.trainOnBatch(x, y)) as number);
  const weights = model.getWeights().flatMap((w) => [...w.dataSync()]);
  model.optimizer.dispose();
  model.dispose();
  tf.dispose([x, y]);
  return [...losses, ...weights];
}

test('training twice from the same random numbers gives the same bits, and leaks nothing', async () => {
  await train();
  const before = liveTensors();
  const first = await train();
  const second = await train();
  expect(second).toEqual(first);
  expect(first.every(Number.isFinite)).toBe(true);
  expect(first[9]).toBeLessThan(first[0] as number);
  expect(liveTensors()).toEqual(before);
});
