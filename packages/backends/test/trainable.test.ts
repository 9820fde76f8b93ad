import { readFileSync } from 'node:fs';
import { layers as L, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, expect, test } from 'vitest';
import { untrainableLayers, useBackend } from '../src/index.js';
import { layersPage } from './layers-table.js';

beforeEach(async () => {
  await useBackend('wasm');
});

test('docs/layers.md is what training each layer gives, every one right or refused with reason', async () => {
  const page = await layersPage({ untrainableLayers, useBackend });
  expect(readFileSync(new URL('../../../docs/layers.md', import.meta.url), 'utf8')).toBe(page);
  const verdicts = page.split('\n').flatMap((line) => (line.startsWith('| ') ? line.split(' | ').slice(1) : []));
  expect(verdicts.slice(0, 2)).toEqual(['wasm', 'cpu |']);
  expect(verdicts.length).toBeGreaterThan(150);
  for (const verdict of verdicts.slice(2))
    expect(verdict).toMatch(/^(ok|refused: .+|refused by TensorFlow\.js: .+?)( \|)?$/);
});

test('a refusal names the layer and its class', () => {
  const model = sequential({
    layers: [
      L.dense({ units: 3, inputShape: [4, 2] }),
      L.softmax({ name: 'weights' }),
      L.conv1d({ name: 'past', filters: 2, kernelSize: 2, padding: 'causal' }),
    ],
  });
  const sentences = untrainableLayers(model);
  expect(sentences).toHaveLength(2);
  expect(sentences[0]).toMatch(/^layer "weights" \(Softmax\): .*axis −1/);
  expect(sentences[1]).toMatch(/^layer "past" \(Conv1D\): .*'causal'/);
  model.dispose();
});

test('layers within nested models and wrappers are found, with the shape that they get there', () => {
  const nested = sequential({ layers: [L.softmax({ name: 'deep', axis: 1, inputShape: [4, 2] })] });
  const model = sequential({
    layers: [
      nested,
      // One step of it has two axes, so that axis 1 is the last.
      L.timeDistributed({ layer: L.softmax({ name: 'fine' }) }),
      L.reshape({ targetShape: [2, 2, 2] }),
      L.timeDistributed({ layer: L.softmax({ name: 'step' }) }),
    ],
  });
  expect(untrainableLayers(model).map((sentence) => sentence.split(' (')[0])).toEqual(['layer "deep"', 'layer "step"']);
  model.dispose();
});

test('a layer that only has no gradient is fine before anything that is trained', () => {
  const dilated = () => L.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape: [6, 6, 1] });
  const head = [L.flatten(), L.dense({ units: 1 })];
  const model = sequential({ layers: [dilated(), ...head] });
  expect(untrainableLayers(model)).toHaveLength(1);
  for (const layer of model.layers.slice(0, 1)) layer.trainable = false;
  expect(untrainableLayers(model)).toEqual([]);
  model.dispose();
});

test('weights within wrappers count as trained', () => {
  const gru = () => L.gru({ units: 2, returnSequences: true, inputShape: [4, 3] });
  for (const wrapper of [
    L.bidirectional({ layer: gru() as never, mergeMode: 'concat', inputShape: [4, 3] }),
    L.timeDistributed({ layer: L.dense({ units: 4 }), inputShape: [4, 3] }),
  ]) {
    const crop = L.centerCrop({ name: 'crop', height: 2, width: 2 });
    const model = sequential({ layers: [wrapper, L.reshape({ targetShape: [4, 4, 1] }), crop] });
    expect(untrainableLayers(model)).toEqual([expect.stringMatching(/^layer "crop" \(CenterCrop\)/)]);
    model.dispose();
  }
});

test('what the cpu backend does wrong is refused there alone', async () => {
  const model = sequential({
    layers: [
      L.conv2d({ filters: 2, kernelSize: 2, inputShape: [6, 6, 1] }),
      L.averagePooling2d({ name: 'pool', padding: 'same' }),
    ],
  });
  expect(untrainableLayers(model)).toEqual([]);
  await useBackend('cpu');
  expect(untrainableLayers(model)).toEqual([
    expect.stringMatching(/^layer "pool" \(AveragePooling2D\): the cpu backend.*use the wasm backend$/),
  ]);
  model.dispose();
});
