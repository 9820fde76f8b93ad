import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { idsOfInputs, scalingLayers } from '../../src/model/input-consumers.js';
import { train } from '../../src/train.js';

beforeAll(() => useBackend('wasm'));

const embedding = (inputDim: number) => layers.embedding({ inputDim, outputDim: 3 });
const text = () =>
  sequential({
    layers: [
      layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 4 }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  });

describe('ids of inputs', () => {
  test('an input that an embedding looks up takes as many as the embedding has', () => {
    expect(idsOfInputs(text())).toEqual([7]);
  });

  test('of several embeddings the smallest decides, and other inputs take any numbers', () => {
    const [tokens, numbers] = [input({ shape: [4] }), input({ shape: [2] })];
    const both = layers
      .concatenate()
      .apply([
        layers.flatten().apply(embedding(9).apply(tokens)),
        layers.flatten().apply(embedding(5).apply(tokens)),
        numbers,
      ] as SymbolicTensor[]);
    const outputs = layers.dense({ units: 1 }).apply(both) as SymbolicTensor;
    expect(idsOfInputs(model({ inputs: [tokens, numbers], outputs }))).toEqual([5, undefined]);
  });

  test('reshaping before it and models around it change nothing', () => {
    const tokens = input({ shape: [2, 2] });
    const outputs = text().apply(layers.reshape({ targetShape: [4] }).apply(tokens)) as SymbolicTensor;
    expect(idsOfInputs(model({ inputs: tokens, outputs }))).toEqual([7]);
  });

  test('a layer that reshapes two inputs hands each to its own embedding', () => {
    const [first, second] = [input({ shape: [2, 2] }), input({ shape: [2, 2] })];
    const flat = layers.flatten();
    const looked = [first, second].map((tokens, i) => embedding(5 + i).apply(flat.apply(tokens)) as SymbolicTensor);
    const outputs = layers.dense({ units: 1 }).apply(layers.add().apply(looked)) as SymbolicTensor;
    expect(idsOfInputs(model({ inputs: [first, second], outputs }))).toEqual([5, 6]);
  });

  test('an embedding behind another layer looks up what that layer makes', () => {
    const dense = sequential({ layers: [layers.dense({ units: 4, inputShape: [4] }), embedding(7), layers.flatten()] });
    expect(idsOfInputs(dense)).toEqual([undefined]);
  });
});

describe('what is no id is refused, with its row', () => {
  const ys = Array.from({ length: 40 }, () => [0]);
  const ids = (wrong: number) =>
    tf.tensor2d(
      Array.from({ length: 160 }, (_, i) => (i === 9 ? wrong : i % 7)),
      [40, 4],
    );

  test.each([-1, 7, 0.5])('%d in a search', async (wrong) => {
    await expect(findLearningRate(text(), { xs: ids(wrong), ys })).rejects.toThrow(
      /^data: row 2 of input ".*" must have whole numbers from 0 to 6, which an embedding looks up; got /,
    );
  });

  test('in the validation rows of a training, which are named', async () => {
    const data = { xs: ids(0), ys };
    const refused = train(text(), data, { learningRate: 0.1, epochs: 1, validation: { xs: ids(8), ys } });
    await expect(refused).rejects.toThrow(/^validation: row 2 .*; got 8$/);
  });
});

test('a layer that scales the input is found, also in a nested model', () => {
  const inner = sequential({
    layers: [layers.rescaling({ scale: 1 / 255, inputShape: [3], name: 'by_255' }), layers.dense({ units: 1 })],
  });
  const features = input({ shape: [3] });
  const outer = model({ inputs: features, outputs: inner.apply(features) as SymbolicTensor });
  expect(scalingLayers(outer).map(({ name }) => name)).toEqual(['by_255']);
  expect(scalingLayers(text())).toEqual([]);
});
