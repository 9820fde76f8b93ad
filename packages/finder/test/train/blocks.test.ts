import { useBackend } from '@lrfind/backends';
import { seededRandom } from '@lrfind/core';
import type { TrainingResult } from '@lrfind/core/results';
import { checkTrainingCheckpoint } from '@lrfind/core/study';
import type { Dataset, RowBlocks } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { Checkpoint } from '../../src/engine/checkpoint.js';
import { findLearningRate } from '../../src/find.js';
import { weightVariables } from '../../src/model/weights.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { checksum } from '../checksum.js';
import { drawn } from './small-trainings.js';

beforeAll(() => useBackend(backend));

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => i + from);
const bits = (model: LayersModel) => checksum(weightVariables(model));

const ROWS = 96;
const LENGTHS = [20, 20, 20, 20, 16];
const STARTS = [0, 20, 40, 60, 80];
/** Two features and one of three classes of each row. */
const features = upTo(ROWS).map((row) => [Math.sin(row), Math.cos(3 * row)]);
const labels = upTo(ROWS).map((row) => (row * 7) % 3);

function rowsOf(numbers: readonly number[], weighted = false) {
  return {
    rows: numbers.length,
    inputs: [{ shape: [2], values: Float32Array.from(numbers.flatMap((row) => features[row] as number[])) }],
    targets: [{ shape: [1], values: Int32Array.from(numbers, (row) => labels[row] as number) }],
    ...(weighted && { weights: Float32Array.from(numbers, (row) => 1 + (row % 4)) }),
  };
}

/** Every third row in memory, and all rows in blocks of which each takes a while. */
function sampled({ weighted = false, delay = (_: number): number => 0 } = {}): Dataset {
  const numbers = upTo(ROWS / 3).map((i) => 3 * i);
  const blocks: RowBlocks = {
    lengths: LENGTHS,
    async read(block) {
      await new Promise((resolve) => setTimeout(resolve, delay(block)));
      return rowsOf(upTo(LENGTHS[block] as number, STARTS[block] as number), weighted);
    },
  };
  return {
    ...rowsOf(numbers, weighted),
    notes: [],
    whole: { rows: ROWS, numbers: Float64Array.from(numbers), blocks },
  };
}

/** Dropout, so that what a step draws counts too. */
const make = () =>
  sequential({
    name: 'blocks',
    layers: [
      layers.dense({ units: 6, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1), name: 'first' }),
      layers.dropout({ rate: 0.3, name: 'drop' }),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer: drawn(2), name: 'last' }),
    ],
  });

const validation = { ...rowsOf([1, 2, 4, 5, 7]), notes: [] };
const options: TrainOptions = { learningRate: 0.02, epochs: 2, batchSize: 8, validation };
const losses = ({ losses: all }: TrainingResult) => all;

/** All rows in the documented order of an epoch; blocks as small as these are all in one window. */
function orderOf(seed: number, epoch: number): number[] {
  const shuffle = (items: number[], random: () => number) => {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [items[last], items[other]] = [items[other] as number, items[last] as number];
    }
    return items;
  };
  const blocks = shuffle(upTo(5), seededRandom(seed, 'blocks', epoch));
  const rows = blocks.flatMap((block) => upTo(LENGTHS[block] as number, STARTS[block] as number));
  return shuffle(rows, seededRandom(seed, 'rows', epoch, 0));
}

describe('train on rows in blocks', () => {
  test.each([false, true])(
    'has the losses of the same rows in memory in the documented order (weights: %s)',
    async (weighted) => {
      const ordered = { ...rowsOf([...orderOf(5, 0), ...orderOf(5, 1)], weighted), notes: [] };
      const inMemory = await train(make(), ordered, { ...options, seed: 5, epochs: 1, shuffle: 'off' });
      const inBlocks = await train(make(), sampled({ weighted }), { ...options, seed: 5 });
      expect(losses(inBlocks)).toHaveLength((2 * ROWS) / 8);
      expect(losses(inBlocks)).toEqual(losses(inMemory));
      expect(inBlocks.training.evaluations.at(-1)?.validation).toEqual(
        inMemory.training.evaluations.at(-1)?.validation,
      );
    },
  );

  test('has those losses with class weights too', async () => {
    const classWeight = { 0: 1, 1: 4, 2: 0.5 };
    const ordered = { ...rowsOf(orderOf(5, 0)), notes: [] };
    const inMemory = await train(make(), ordered, { ...options, classWeight, seed: 5, epochs: 1, shuffle: 'off' });
    const inBlocks = await train(make(), sampled(), { ...options, classWeight, seed: 5, epochs: 1 });
    expect(losses(inBlocks)).toEqual(losses(inMemory));
    expect(losses(inBlocks)).not.toEqual(losses(await train(make(), sampled(), { ...options, seed: 5, epochs: 1 })));
  });

  test('does not depend on how long reading takes', async () => {
    const [quick, slow] = [make(), make()];
    const one = await train(quick, sampled(), options);
    const other = await train(slow, sampled({ delay: (block) => ((block * 7) % 5) * 3 }), options);
    expect(losses(other)).toEqual(losses(one));
    expect(bits(slow)).toBe(bits(quick));
  });

  test('holds rows out of the blocks, and says on how many it trains and measures', async () => {
    const { setup, training } = await train(make(), sampled(), {
      ...options,
      validation: undefined,
      validationSplit: 0.25,
    });
    expect(setup.rows).toBeGreaterThan(50);
    expect(setup.rows).toBeLessThan(ROWS);
    expect(setup.validationRows).toBeGreaterThan(0);
    expect(setup.validationRows).toBeLessThan(ROWS / 3);
    expect(setup.notes).toContain(
      `trained on ${setup.rows} rows in blocks on the disk, shuffled by the seed; validation losses are those of ${setup.validationRows} sampled rows`,
    );
    expect(training.evaluations.at(-1)?.step).toBe(2 * Math.ceil(setup.rows / 8));
  });

  test('resumes to the same bits, after an epoch', async () => {
    let text = '';
    const storing = (from?: string): Checkpoint => ({
      open: async () => (from === undefined ? null : checkTrainingCheckpoint(JSON.parse(from), 'state')),
      save: async (state) => {
        if (state.training.evaluations.length === 1) text = JSON.stringify(state);
      },
    });
    const [whole, resumed] = [make(), make()];
    const expected = await train(whole, sampled(), { ...options, epochs: 3, checkpoint: storing() });
    const result = await train(resumed, sampled(), { ...options, epochs: 3, checkpoint: storing(text) });
    expect(losses(result)).toEqual(losses(expected));
    expect(bits(resumed)).toBe(bits(whole));
  });

  test('stores other rows as others, so that they are not resumed', async () => {
    const headers: string[] = [];
    const noting: Checkpoint = {
      open: async (header) => {
        headers.push(JSON.stringify(header));
        return null;
      },
      save: async () => {},
    };
    const changed = sampled();
    const { blocks } = changed.whole as { blocks: RowBlocks };
    const other: RowBlocks = {
      ...blocks,
      read: async (block) => {
        const rows = await blocks.read(block);
        // A row that is in no sample.
        if (block === 4) (rows.inputs[0]?.values as Float32Array)[2] = 0.125;
        return rows;
      },
    };
    for (const data of [sampled(), sampled(), { ...changed, whole: { ...changed.whole, blocks: other } } as Dataset])
      await train(make(), data, { ...options, epochs: 1, checkpoint: noting });
    expect(headers[1]).toBe(headers[0]);
    expect(headers[2]).not.toBe(headers[0]);
  });

  test('searches for a rate on the sampled training rows', async () => {
    const { recipe, losses: all } = await train(make(), sampled(), {
      ...options,
      learningRate: 'find',
      validation: undefined,
      batchSize: 4,
    });
    expect(recipe.suggestion?.learningRate).toBeGreaterThan(0);
    expect(all.length).toBeGreaterThan(0);
  }, 60_000);

  test('where a block cannot be read, throws its error, and leaves the model and no tensor behind', async () => {
    const data = sampled();
    const { blocks } = data.whole as { blocks: RowBlocks };
    let reads = 0;
    // The first pass checks all rows; the second epoch fails.
    const failing: RowBlocks = {
      ...blocks,
      read: (block) => (++reads > 12 ? Promise.reject(new Error('the disk is gone')) : blocks.read(block)),
    };
    const model = make();
    const [before, tensors] = [bits(model), tf.memory().numTensors];
    await expect(
      train(model, { ...data, whole: { ...data.whole, blocks: failing } } as Dataset, options),
    ).rejects.toThrow('the disk is gone');
    expect(reads).toBeGreaterThan(12);
    expect(bits(model)).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('leaves no tensor behind', async () => {
    const model = make();
    const tensors = tf.memory().numTensors;
    await train(model, sampled(), options);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

test('compare trains its trials on the blocks, and equal trials equally', async () => {
  const trials = [{ learningRate: 0.02 }, { learningRate: 0.001 }];
  const settings = { trials, epochs: 2, batchSize: 8, repeats: 1, validation } as const;
  const { trials: compared, setup } = await compare(make(), sampled(), settings);
  expect(setup.rows).toBe(ROWS);
  const { training } = await train(make(), sampled(), { ...options, seed: 0 });
  expect(compared[0]?.trainings[0]?.evaluations.map(({ training: own, validation: held }) => [own, held])).toEqual(
    training.evaluations.map(({ training: own, validation: held }) => [own, held]),
  );
});

test('compare halves and pauses within an epoch as it does in memory', async () => {
  const trials = [0.05, 0.02, 0.01, 0.001].map((learningRate) => ({ learningRate }));
  const settings = { trials, steps: 30, batchSize: 8, repeats: 1, validation } as const;
  const whole = await compare(make(), sampled(), settings);
  const halved = await compare(make(), sampled(), { ...settings, halving: true });
  const lossesOf = ({ trials: all }: typeof whole, name: string | undefined) =>
    all.find((trial) => trial.name === name)?.trainings[0]?.evaluations.map(({ validation: held }) => held?.loss);
  const best = halved.ranking[0]?.name;
  expect(lossesOf(halved, best)?.at(-1)).toBe(lossesOf(whole, best)?.at(-1));
});

test('a search takes the sample for the rows, with the length of a training on all of them', async () => {
  const data = sampled();
  const { whole: _, ...plain } = data;
  const settings = { steps: 40, repeats: 2, batchSize: 4, seed: 3 };
  const [of, without] = [
    await findLearningRate(make(), data, settings),
    await findLearningRate(make(), plain, settings),
  ];
  expect(of.sweeps).toEqual(without.sweeps);
  expect(of.suggestion).toEqual(without.suggestion);
});
