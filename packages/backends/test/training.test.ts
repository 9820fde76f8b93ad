import * as tf from '@tensorflow/tfjs-core';
import { input, layers as L, type LayersModel, type layers, model as makeModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useBackend } from '../src/index.js';
import { liveTensors } from './wasm/check.js';
import { randomSource } from './wasm/random.js';

type Layer = layers.Layer;

// The initialisers and the noise of layers draw from here.
const random = vi.spyOn(Math, 'random');

beforeAll(async () => {
  await useBackend('wasm');
});

afterAll(() => random.mockRestore());

function seedMathRandom(seed: number): void {
  const source = randomSource(seed);
  random.mockImplementation(() => source.integer(0, 2 ** 31 - 2) / 2 ** 31);
}

/** The layer between an input of this shape and a dense head. */
const LAYERS: Record<string, [shape: number[], make: () => Layer | Layer[]]> = {
  'averagePooling1d, same': [
    [5, 2],
    () => [L.dense({ units: 2 }), L.averagePooling1d({ poolSize: 2, padding: 'same' })],
  ],
  'averagePooling2d, same': [[5, 5, 2], () => [L.dense({ units: 2 }), L.averagePooling2d({ padding: 'same' })]],
  'averagePooling3d, same': [
    [3, 3, 3, 1],
    () => [L.dense({ units: 2 }), L.averagePooling3d({ poolSize: 2, padding: 'same' })],
  ],
  batchNormalization: [[4], () => [L.dense({ units: 3 }), L.batchNormalization({})]],
  'batchNormalization after a convolution': [
    [4, 4, 1],
    () => [L.conv2d({ filters: 2, kernelSize: 3 }), L.batchNormalization({})],
  ],
  bidirectional: [[3, 2], () => L.bidirectional({ layer: L.gru({ units: 2 }), mergeMode: 'concat' })],
  conv1d: [[6, 2], () => L.conv1d({ filters: 3, kernelSize: 3, padding: 'same' })],
  conv2d: [[5, 5, 2], () => L.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' })],
  'conv2d, strides 2, same': [
    [5, 6, 2],
    () => L.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, padding: 'same' }),
  ],
  'conv2d, channels first': [[2, 5, 5], () => L.conv2d({ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst' })],
  conv2dTranspose: [[3, 3, 2], () => L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })],
  conv3d: [[3, 4, 3, 2], () => L.conv3d({ filters: 2, kernelSize: 2, strides: 2 })],
  conv3dTranspose: [[2, 2, 2, 1], () => L.conv3dTranspose({ filters: 2, kernelSize: 2 })],
  convLstm2d: [[2, 4, 4, 1], () => L.convLstm2d({ filters: 2, kernelSize: 2 })],
  'dense, elu': [[4], () => L.dense({ units: 3, activation: 'elu' })],
  'dense on a sequence': [[3, 4], () => L.dense({ units: 3, activation: 'tanh' })],
  depthwiseConv2d: [[5, 5, 2], () => L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })],
  globalAveragePooling2d: [[3, 3, 1], () => [L.dense({ units: 2 }), L.globalAveragePooling2d({})]],
  globalMaxPooling1d: [[4, 2], () => [L.dense({ units: 3 }), L.globalMaxPooling1d({})]],
  'gru, orthogonal': [[3, 2], () => L.gru({ units: 3 })],
  layerNormalization: [[4], () => [L.dense({ units: 3 }), L.layerNormalization({})]],
  leakyReLU: [[4], () => [L.dense({ units: 3 }), L.leakyReLU({})]],
  lstm: [[3, 2], () => L.lstm({ units: 3, returnSequences: true })],
  maxPooling1d: [[6, 2], () => [L.dense({ units: 2 }), L.maxPooling1d({ poolSize: 2 })]],
  'maxPooling2d behind a linear convolution': [
    [6, 6, 1],
    () => [L.conv2d({ filters: 2, kernelSize: 3 }), L.maxPooling2d({})],
  ],
  maxPooling3d: [[3, 4, 4, 1], () => [L.dense({ units: 2 }), L.maxPooling3d({ poolSize: 2, padding: 'same' })]],
  prelu: [[4], () => [L.dense({ units: 3 }), L.prelu({ alphaInitializer: 'ones' })]],
  separableConv2d: [[5, 5, 2], () => L.separableConv2d({ filters: 3, kernelSize: 3 })],
  simpleRNN: [[3, 2], () => L.simpleRNN({ units: 3 })],
  softmax: [[4], () => [L.dense({ units: 3 }), L.softmax({})]],
  thresholdedReLU: [[4], () => [L.dense({ units: 6 }), L.thresholdedReLU({ theta: 0.1 })]],
  timeDistributed: [[3, 4, 4, 1], () => L.timeDistributed({ layer: L.conv2d({ filters: 2, kernelSize: 2 }) })],
  'upSampling2d, bilinear': [[3, 3, 1], () => [L.dense({ units: 2 }), L.upSampling2d({ interpolation: 'bilinear' })]],
  'upSampling2d, nearest': [[3, 3, 1], () => [L.dense({ units: 2 }), L.upSampling2d({})]],
  zeroPadding2d: [[3, 3, 1], () => [L.dense({ units: 2 }), L.zeroPadding2d({})]],
};

function build([shape, make]: [number[], () => Layer | Layer[]]): LayersModel {
  seedMathRandom(5);
  const start = input({ shape });
  let x = start;
  for (const layer of [make()].flat()) x = layer.apply(x) as typeof start;
  const flat = x.rank > 2 ? L.flatten().apply(x) : x;
  const head = L.dense({ units: 1 }).apply(flat) as typeof start;
  return makeModel({ inputs: start, outputs: head });
}

test.each(Object.entries(LAYERS))('the gradient of %s foretells how the loss changes along it', (_, row) => {
  const model = build(row);
  const source = randomSource(9);
  const x = tf.tensor(source.normals(3 * row[0].reduce((a, b) => a * b, 1)), [3, ...row[0]]);
  const y = tf.tensor2d(source.normals(3), [3, 1]);
  const loss = () => tf.mean(tf.squaredDifference(model.apply(x, { training: true }) as tf.Tensor, y)) as tf.Scalar;
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  loss().dispose();
  const before = liveTensors();
  tf.tidy(() => {
    const { grads } = tf.variableGrads(loss, variables);
    const slopes = variables.map((v) => grads[v.name] as tf.Tensor);
    const squares = slopes.map((slope) => tf.sum(tf.square(slope)).dataSync()[0] as number);
    const norm = Math.sqrt(squares.reduce((a, b) => a + b));
    expect(norm).toBeGreaterThan(1e-3);
    const start = variables.map((v) => tf.clone(v));
    const lossAt = (distance: number) => {
      variables.forEach((v, i) => {
        v.assign(tf.add(start[i] as tf.Tensor, tf.mul(slopes[i] as tf.Tensor, distance / norm)));
      });
      return loss().dataSync()[0] as number;
    };
    const step = 2e-3;
    const measured = (lossAt(step) - lossAt(-step)) / (2 * step);
    variables.forEach((v, i) => {
      v.assign(start[i] as tf.Tensor);
    });
    expect(Math.abs(measured / norm - 1)).toBeLessThan(0.01);
  });
  expect(liveTensors()).toEqual(before);
  tf.dispose([x, y]);
  model.dispose();
});

test('an embedding moves the rows that occurred, each by the sum of its slopes, and no other', async () => {
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
  const model = build([
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

test('training twice from the same random numbers gives the same bits, and leaves nothing behind', async () => {
  await train();
  const before = liveTensors();
  const first = await train();
  const second = await train();
  expect(second).toEqual(first);
  expect(first.every(Number.isFinite)).toBe(true);
  expect(first[9]).toBeLessThan(first[0] as number);
  expect(liveTensors()).toEqual(before);
});
