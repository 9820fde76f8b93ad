import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { modelShape } from '../../src/model/describe.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

const embedding = (inputDim: number) => layers.embedding({ inputDim, outputDim: 2 });
const out = () => layers.dense({ units: 1 });
const words = () =>
  sequential({ layers: [layers.embedding({ inputDim: 5, outputDim: 2, inputLength: 3 }), layers.flatten(), out()] });

describe('the vocabulary of an input is that of the embedding to which it leads', () => {
  const apply = (layer: layers.Layer, to: unknown) => layer.apply(to as SymbolicTensor) as SymbolicTensor;
  const cases: [string, () => LayersModel, (number | undefined)[]][] = [
    ['in a sequential model', words, [5]],
    [
      'through layers that hand it on',
      () =>
        sequential({
          layers: [layers.reshape({ targetShape: [2, 3], inputShape: [6] }), embedding(4), layers.flatten(), out()],
        }),
      [4],
    ],
    ['in a model within the model', () => sequential({ layers: [words(), out()] }), [5]],
    [
      'the smallest of several, and none for another input',
      () => {
        const [ids, size] = [input({ shape: [3] }), input({ shape: [2] })];
        const parts = [embedding(9), embedding(7)].map((each) => apply(layers.flatten(), apply(each, ids)));
        return functional({
          inputs: [ids, size],
          outputs: apply(out(), apply(layers.concatenate(), [...parts, size])),
        });
      },
      [7, undefined],
    ],
    [
      'none where something is computed before it',
      () =>
        sequential({
          layers: [layers.reLU({ inputShape: [3] }) as layers.Layer, embedding(4), layers.flatten(), out()],
        }),
      [undefined],
    ],
  ];
  test.each(cases)('%s', (_, build, wanted) => {
    expect(modelShape(build()).inputs.map(({ vocabulary }) => vocabulary)).toEqual(wanted);
  });
});

test('ids in arrays that an embedding does not have are refused with their row', async () => {
  const xs = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  const options = { steps: 3, repeats: 1, batchSize: 2 };
  await expect(findLearningRate(words(), { xs, ys: [0, 1] }, options)).rejects.toThrow(
    /^row 2 of the input "embedding_Embedding\d+_input" must have an id from 0 to 4 at position 2, as its embedding takes; got 5$/,
  );
  await expect(
    findLearningRate(
      words(),
      {
        xs: [
          [0, 1, 2],
          [3, -1, 4],
        ],
        ys: [0, 1],
      },
      options,
    ),
  ).rejects.toThrow(InputError);
});
