import { readFileSync } from 'node:fs';
import { layers as L, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, expect, test } from 'vitest';
import { settleBackend, unsupportedLayers, useBackend } from '../src/node/index.js';
import { LAYER_CASES } from './layer-cases.js';
import { COLUMNS, layersPage, layerVerdicts, readLayersPage } from './layers-table.js';
import { hasSoftwareGpu } from './support/software-gpu.js';
import { FOLDER } from './support/tensorflow.js';

beforeEach(async () => {
  await useBackend('wasm');
});

const page = readFileSync(new URL('../../../docs/layers.md', import.meta.url), 'utf8');
const written = readLayersPage(page);

const here = { tensorflow: FOLDER !== undefined, webgpu: hasSoftwareGpu, wasm: true, cpu: true };

test.each(COLUMNS.filter((backend) => here[backend]))(
  'docs/layers.md is what training each layer on %s gives',
  async (backend) => {
    expect(written[backend]).toEqual(await layerVerdicts(backend, { settleBackend, unsupportedLayers, useBackend }));
  },
);

test('docs/layers.md has every layer on every backend right or refused with reason, and nothing else', () => {
  expect(Object.keys(written)).toEqual(COLUMNS);
  for (const verdicts of Object.values(written)) {
    expect(Object.keys(verdicts)).toEqual(Object.keys(LAYER_CASES));
    for (const verdict of Object.values(verdicts))
      expect(verdict).toMatch(/^(ok|refused: .+|refused by TensorFlow\.js: .+)$/);
  }
  expect(layersPage(written)).toBe(page);
});

test('a refusal names the layer and its class', () => {
  const model = sequential({
    layers: [
      L.dense({ units: 3, inputShape: [4, 2] }),
      L.softmax({ name: 'weights' }),
      L.conv1d({ name: 'past', filters: 2, kernelSize: 2, padding: 'causal' }),
    ],
  });
  const sentences = unsupportedLayers(model);
  expect(sentences).toHaveLength(2);
  expect(sentences[0]).toMatch(/^layer "weights" \(Softmax\): .*axis −1/);
  expect(sentences[1]).toMatch(/^layer "past" \(Conv1D\): .*'causal'/);
  model.dispose();
});

test('layers within nested models and wrappers are found, with the shape of their input there', () => {
  const nested = sequential({ layers: [L.softmax({ name: 'deep', axis: 1, inputShape: [4, 2] })] });
  const model = sequential({
    layers: [
      nested,
      // A single step has two axes, so that axis 1 is the last.
      L.timeDistributed({ layer: L.softmax({ name: 'fine' }) }),
      L.reshape({ targetShape: [2, 2, 2] }),
      L.timeDistributed({ layer: L.softmax({ name: 'step' }) }),
    ],
  });
  expect(unsupportedLayers(model).map((sentence) => sentence.split(' (')[0])).toEqual(['layer "deep"', 'layer "step"']);
  model.dispose();
});

test('a layer without a gradient is supported before the first trainable layer', () => {
  const dilated = () => L.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape: [6, 6, 1] });
  const head = [L.flatten(), L.dense({ units: 1 })];
  const model = sequential({ layers: [dilated(), ...head] });
  expect(unsupportedLayers(model)).toHaveLength(1);
  for (const layer of model.layers.slice(0, 1)) layer.trainable = false;
  expect(unsupportedLayers(model)).toEqual([]);
  model.dispose();
});

test('weights within wrappers count as trainable', () => {
  const gru = () => L.gru({ units: 2, returnSequences: true, inputShape: [4, 3] });
  for (const wrapper of [
    L.bidirectional({ layer: gru() as never, mergeMode: 'concat', inputShape: [4, 3] }),
    L.timeDistributed({ layer: L.dense({ units: 4 }), inputShape: [4, 3] }),
  ]) {
    const crop = L.centerCrop({ name: 'crop', height: 2, width: 2 });
    const model = sequential({ layers: [wrapper, L.reshape({ targetShape: [4, 4, 1] }), crop] });
    expect(unsupportedLayers(model)).toEqual([expect.stringMatching(/^layer "crop" \(CenterCrop\)/)]);
    model.dispose();
  }
});

test('lrfind trains batch normalisation without scale or center, which TensorFlow.js cannot', () => {
  const model = sequential({
    layers: [
      L.dense({ units: 3, inputShape: [4] }),
      L.batchNormalization({ name: 'plain', scale: false }),
      L.layerNormalization({ name: 'other', center: false }),
    ],
  });
  const named = (trainer?: 'tfjs' | 'lrfind') =>
    unsupportedLayers(model, trainer).map((sentence) => sentence.split(' (')[0]);
  expect(named()).toEqual(['layer "plain"', 'layer "other"']);
  expect(named('lrfind')).toEqual(['layer "other"']);
  model.dispose();
});

test('limitations of the cpu backend are refused there only', async () => {
  const model = sequential({
    layers: [
      L.conv2d({ filters: 2, kernelSize: 2, inputShape: [6, 6, 1] }),
      L.averagePooling2d({ name: 'pool', padding: 'same' }),
    ],
  });
  expect(unsupportedLayers(model)).toEqual([]);
  await useBackend('cpu');
  expect(unsupportedLayers(model)).toEqual([
    expect.stringMatching(/^layer "pool" \(AveragePooling2D\): the cpu backend.*use the wasm backend$/),
  ]);
  model.dispose();
});

test('more axes than the wasm backend computes with are refused there', async () => {
  const model = sequential({
    layers: [
      L.reshape({ targetShape: [2, 1, 2, 1, 2], inputShape: [8], name: 'six' }),
      L.dense({ units: 2, name: 'dense' }),
      L.reshape({ targetShape: [2, 1, 2, 1, 1, 2], name: 'seven' }),
      L.flatten({ name: 'flat' }),
    ],
  });
  expect(unsupportedLayers(model).map((sentence) => sentence.split(';')[0])).toEqual([
    'layer "seven" (Reshape): the wasm backend computes with at most 6 axes, the batch among them',
    'layer "flat" (Flatten): the wasm backend computes with at most 6 axes, the batch among them',
  ]);
  await useBackend('cpu');
  expect(unsupportedLayers(model)).toEqual([]);
  model.dispose();
});
