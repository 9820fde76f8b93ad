import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfData from '@tensorflow/tfjs-data';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

const rows = Array.from({ length: 30 }, (_, i) => [i % 5, (i * 3) % 7]);
const targets = rows.map(([a = 0, b = 0]) => [2 * a - b]);
const batches = [0, 10, 20].map((from) => ({ xs: rows.slice(from, from + 10), ys: targets.slice(from, from + 10) }));
const model = () => sequential({ layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })] });
const options = { steps: 30, repeats: 2, verify: false, initialWeights: 'given', batchSize: 8 } as const;
const find = async (data: Parameters<typeof findLearningRate>[1], given = model()) =>
  findLearningRate(given, data, options);
const message = (data: unknown) =>
  find(data as Parameters<typeof findLearningRate>[1]).then(
    () => 'was accepted',
    (error) => error.message,
  );

async function* generated() {
  yield* batches;
}

describe('batches give the losses of the arrays that they make together:', () => {
  test.each<[string, () => Parameters<typeof findLearningRate>[1]]>([
    ['a tf.data dataset', () => tfData.zip({ xs: tfData.array(rows), ys: tfData.array(targets) }).batch(10) as never],
    ['an async generator', () => generated()],
    ['a generator of pairs', () => batches.map(({ xs, ys }) => [xs, ys] as const).values()],
    ['tensors', () => batches.map(({ xs, ys }) => ({ xs: tf.tensor2d(xs), ys: tf.tensor2d(ys) })).values()],
  ])('%s', async (_, make) => {
    const wanted = await find({ xs: rows, ys: targets });
    const got = await find(make());
    expect(got.sweeps.map(({ points }) => points)).toEqual(wanted.sweeps.map(({ points }) => points));
    expect(got.setup.notes).toContain('data: 30 rows of 3 batches, collected');
  });
});

test('no tensor of a tf.data dataset stays behind; those of an iterable stay the caller’s', async () => {
  const given = model();
  const dataset = () => tfData.zip({ xs: tfData.array(rows), ys: tfData.array(targets) }).batch(10) as never;
  await find(dataset(), given);
  const before = tf.memory().numTensors;
  await find(dataset(), given);
  expect(tf.memory().numTensors).toBe(before);
  const own = { xs: tf.tensor2d(rows), ys: tf.tensor2d(targets) };
  await find([own].values(), given);
  expect([own.xs.isDisposed, own.ys.isDisposed]).toEqual([false, false]);
  tf.dispose(own);
});

test('a generator that was collected serves another training too', async () => {
  const stream = generated();
  await find(stream);
  const result = await train(model(), stream, { learningRate: 0.01, epochs: 1, validation: generated() });
  expect(result.setup.notes).toContain('data: 30 rows of 3 batches, collected');
});

describe('refused:', () => {
  test('a batch that is none, and one that does not fit, by its number', async () => {
    expect(await message([batches[0], [1, 2, 3]].values())).toBe(
      'batch 2 of data: it must be { xs, ys } or [xs, ys]; got an array',
    );
    expect(await message([batches[0], { xs: [[1, 2, 3]], ys: [[1]] }].values())).toBe(
      'batch 2 of data: xs must have rows of shape [2]; got [3]',
    );
  });

  test('a stream without batches, and a generator that is used up', async () => {
    expect(await message([].values())).toBe('data must have at least one batch; got none; a generator comes only once');
  });

  test('a stream that never ends', async () => {
    const large = { shape: [50_000, 2], values: new Float32Array(100_000) };
    function* endless() {
      for (;;) yield { xs: large, ys: { shape: [50_000, 1], values: new Float32Array(50_000) } };
    }
    expect(await message(endless())).toMatch(/^data must end within 2 GB; got more in \d+ batches: take fewer of them/);
  });
});
