import { useBackend } from '@lrfind/backends';
import type { Dataset } from '@lrfind/data';
import { memory } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { findLearningRate, train } from '../../src/index.js';

beforeAll(async () => {
  await useBackend('wasm');
});

const [rows, features, window] = [90, 2, 5] as const;
const values = Float32Array.from({ length: rows * features }, (_, i) => Math.sin(i / 3));
const starts = Int32Array.from({ length: rows - window }, (_, start) => start);
const targets = {
  shape: [1],
  values: Float32Array.from(starts, (start) => values[(start + window) * features] as number),
};
/** The windows by their starts. */
const gathered: Dataset = {
  rows: starts.length,
  inputs: [{ shape: [window, features], values, windows: { starts } }],
  targets: [targets],
  notes: [],
};
/** The same windows, each with its own copy of the rows. */
const copied: Dataset = {
  ...gathered,
  inputs: [
    {
      shape: [window, features],
      values: Float32Array.from(
        [...starts].flatMap((start) => [...values.subarray(start * features, (start + window) * features)]),
      ),
    },
  ],
};
/** Other windows of the same rows to validate on, and those rows. */
const [held, trained] = [75, 70];
const part = (dataset: Dataset, from: number, to: number): Dataset => ({
  ...dataset,
  rows: to - from,
  inputs: dataset.inputs.map((column) =>
    column.windows
      ? { ...column, windows: { starts: column.windows.starts.slice(from, to) } }
      : { ...column, values: column.values.slice(from * window * features, to * window * features) },
  ),
  targets: [{ shape: [1], values: targets.values.slice(from, to) }],
});

const nets: Record<string, () => LayersModel> = {
  gru: () =>
    sequential({
      layers: [
        layers.gru({ units: 4, inputShape: [window, features], resetAfter: false } as never),
        layers.dense({ units: 1 }),
      ],
    }),
  conv1d: () =>
    sequential({
      layers: [
        layers.conv1d({ filters: 4, kernelSize: 3, inputShape: [window, features] }),
        layers.flatten(),
        layers.dense({ units: 1 }),
      ],
    }),
};

test.each(Object.entries(nets))(
  '%s trains on windows that are put together in each step as on copies of them, to the bit',
  async (_, make) => {
    const model = make();
    const losses = async (dataset: Dataset) => {
      const own = {
        learningRate: 0.01,
        epochs: 2,
        batchSize: 8,
        initialWeights: 'drawn',
        loss: 'meanSquaredError',
      } as const;
      const result = await train(model, part(dataset, 0, trained), {
        ...own,
        validation: part(dataset, held, starts.length),
      });
      return [result.losses, result.training.evaluations.map(({ validation }) => validation?.loss)];
    };
    expect(await losses(gathered)).toEqual(await losses(copied));
    model.dispose();
  },
);

test('steps on windows are compiled, and no tensor is left', async () => {
  const model = nets.conv1d?.() as LayersModel;
  const before = memory().numTensors;
  const { setup } = await findLearningRate(model, part(gathered, 0, trained), {
    steps: 12,
    repeats: 1,
    batchSize: 8,
    validation: part(gathered, held, starts.length),
  });
  expect(setup.notes.filter((note) => /compiled|operation by operation/.test(note))).toEqual([]);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('a share of windows is not held out, because windows overlap', async () => {
  const model = nets.conv1d?.() as LayersModel;
  await expect(train(model, gathered, { learningRate: 0.01 })).rejects.toThrow(
    /^validation must be the windows that encodeTable held out, or validationSplit must be 0/,
  );
  model.dispose();
});
