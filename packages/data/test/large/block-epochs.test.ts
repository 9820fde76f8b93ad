import { seededRandom } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import type { DatasetRows, EpochOptions, RowBlocks } from '../../src/dataset.js';
import { blockEpochs } from '../../src/large/block-epochs.js';
import { splitBlocks } from '../../src/large/split-blocks.js';
import { dataset, upTo } from '../small-datasets.js';

/** Blocks whose rows show their numbers; each takes a while to be read, and what is read is noted. */
function numbered(lengths: readonly number[], delay = (_block: number) => 0) {
  const reads: number[] = [];
  const blocks: RowBlocks = {
    lengths,
    async read(block) {
      reads.push(block);
      await new Promise((resolve) => setTimeout(resolve, delay(block)));
      const before = lengths.slice(0, block).reduce((sum, length) => sum + length, 0);
      const length = lengths[block] as number;
      return { ...dataset(length, before), weights: Float32Array.from(upTo(length, before), (row) => row / 10) };
    },
  };
  return { blocks, reads };
}

const all = (_row: number): boolean => true;
const rowsOf = (batch: DatasetRows) => [...(batch.targets[0]?.values ?? [])];
async function batchesOf(blocks: RowBlocks, options: Partial<EpochOptions> = {}, isTrained = all, window = 2) {
  const epochs = blockEpochs(blocks, isTrained, window);
  const batches: DatasetRows[] = [];
  const given = { batchSize: 4, seed: 0, epoch: 0, shuffles: true, ...options };
  for await (const batch of epochs.batches(given)) batches.push(batch);
  return batches;
}

/** Fisher and Yates's shuffle, from the last place down. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

const lengths = [5, 5, 5, 5, 5, 3];
const starts = [0, 5, 10, 15, 20, 25];

describe('an epoch over blocks', () => {
  test('has each row once; the last batch may be smaller', async () => {
    const batches = await batchesOf(numbered(lengths).blocks, { batchSize: 5 });
    expect(batches.map(({ rows }) => rows)).toEqual([5, 5, 5, 5, 5, 3]);
    expect(batches.flatMap(rowsOf).toSorted((a, b) => a - b)).toEqual(upTo(28));
  });

  test('shuffles the blocks, then the rows of each window of blocks', async () => {
    for (const [seed, epoch] of [
      [0, 0],
      [0, 1],
      [7, 3],
    ] as const) {
      const order = shuffle(upTo(6), seededRandom(seed, 'blocks', epoch));
      const expected = upTo(3).flatMap((window) => {
        const rows = order
          .slice(2 * window, 2 * window + 2)
          .flatMap((block) => upTo(lengths[block] as number, starts[block] as number));
        return shuffle(rows, seededRandom(seed, 'rows', epoch, window));
      });
      const batches = await batchesOf(numbered(lengths).blocks, { seed, epoch });
      expect(batches.flatMap(rowsOf)).toEqual(expected);
    }
  });

  test('gives inputs, targets and weights of the same row', async () => {
    for (const batch of await batchesOf(numbered(lengths).blocks)) {
      const rows = rowsOf(batch);
      expect([...(batch.inputs[0]?.values ?? [])]).toEqual(rows.flatMap((row) => [row, row + 0.5]));
      expect(batch.weights).toEqual(Float32Array.from(rows, (row) => row / 10));
      expect(batch.inputs[0]?.shape).toEqual([2]);
    }
  });

  test('does not depend on how long reading takes, nor on the size of a batch', async () => {
    const quick = (await batchesOf(numbered(lengths).blocks)).flatMap(rowsOf);
    const slow = await batchesOf(numbered(lengths, (block) => (block % 2) * 5).blocks, { batchSize: 7 });
    expect(slow.flatMap(rowsOf)).toEqual(quick);
  });

  test('leaves out the rows that are held out', async () => {
    const isTrained = (row: number) => row % 3 !== 0;
    expect(blockEpochs(numbered(lengths).blocks, isTrained).rows).toBe(18);
    const rows = (await batchesOf(numbered(lengths).blocks, {}, isTrained)).flatMap(rowsOf);
    expect(rows.toSorted((a, b) => a - b)).toEqual(upTo(28).filter(isTrained));
  });

  test('keeps the order of the rows where nothing is shuffled', async () => {
    expect((await batchesOf(numbered(lengths).blocks, { shuffles: false })).flatMap(rowsOf)).toEqual(upTo(28));
  });

  test.each([0, 1, 3, 6, 7])('goes on after %s batches', async (skip) => {
    const whole = await batchesOf(numbered(lengths).blocks);
    expect((await batchesOf(numbered(lengths).blocks, { skip })).map(rowsOf)).toEqual(whole.slice(skip).map(rowsOf));
  });

  test('reads one window ahead, and no further', async () => {
    const { blocks, reads } = numbered(lengths);
    const batches = blockEpochs(blocks, all, 2).batches({ batchSize: 4, seed: 0, epoch: 0, shuffles: false });
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reads).toEqual([0, 1, 2, 3]);
    await batches.return();
  });

  test('holds no more than 64 MB of encoded rows in a window', async () => {
    const [length, width, blockCount] = [1000, 4000, 6];
    let inMemory = 0;
    const blocks: RowBlocks = {
      lengths: new Array(blockCount).fill(length),
      async read() {
        inMemory++;
        return {
          rows: length,
          inputs: [{ shape: [width], values: new Float32Array(length * width) }],
          targets: [{ shape: [1], values: new Float32Array(length) }],
        };
      },
    };
    // 16 MB a block: four of them, less the target.
    const batches = blockEpochs(blocks, all).batches({ batchSize: 1, seed: 0, epoch: 0, shuffles: true });
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // One to see how large a block is, a window of three, and the next.
    expect(inMemory).toBe(1 + 3 + 3);
    await batches.return();
  });

  test('a block that cannot be read ends it with its error', async () => {
    const { blocks } = numbered(lengths);
    const broken: RowBlocks = {
      lengths,
      read: (block) => (block === 4 ? Promise.reject(new Error('gone')) : blocks.read(block)),
    };
    await expect(batchesOf(broken)).rejects.toThrow('gone');
  });
});

describe('a split of rows in blocks', () => {
  const sample = (numbers: readonly number[]) => ({
    ...dataset(numbers.length, 0),
    whole: { rows: 1000, numbers: Float64Array.from(numbers), blocks: numbered(new Array(10).fill(100)).blocks },
  });
  const data = sample(upTo(200).map((i) => 5 * i));
  const numbersOf = (rows: Int32Array) => [...rows].map((row) => 5 * row);

  test('trains on every row that is not held out, and measures on sampled rows that are', async () => {
    const { train, heldOut, epochs } = splitBlocks(data, data.whole, { seed: 3 });
    expect([...train, ...heldOut].toSorted((a, b) => a - b)).toEqual(upTo(200));
    const trained = new Set<number>();
    const given = { batchSize: 10, seed: 0, epoch: 0, shuffles: true };
    for await (const batch of epochs?.batches(given) ?? []) for (const row of rowsOf(batch)) trained.add(row);
    expect(trained.size).toBe(epochs?.rows);
    for (const row of numbersOf(heldOut)) expect(trained.has(row)).toBe(false);
    for (const row of numbersOf(train)) expect(trained.has(row)).toBe(true);
    // A fifth; five standard deviations of a binomial of 1000 rows.
    expect(Math.abs(trained.size - 800)).toBeLessThan(5 * Math.sqrt(1000 * 0.2 * 0.8));
  });

  test('does not depend on which rows are sampled', () => {
    const other = sample(upTo(500).map((i) => 2 * i));
    const [one, two] = [data, other].map((each) => splitBlocks(each, each.whole, { seed: 3 }));
    expect(one?.epochs?.rows).toBe(two?.epochs?.rows);
    const heldOut = new Set([...(two?.heldOut ?? [])].map((row) => 2 * row));
    for (const row of numbersOf(one?.heldOut as Int32Array)) if (row % 2 === 0) expect(heldOut.has(row)).toBe(true);
  });

  test('holds out the last rows of all, not of the sample', () => {
    const { heldOut, epochs } = splitBlocks(data, data.whole, { seed: 3, split: 'last', validationSplit: 0.1 });
    expect(epochs?.rows).toBe(900);
    expect(numbersOf(heldOut)).toEqual(upTo(20).map((i) => 900 + 5 * i));
  });

  test('holds out nothing where rows to validate on are given', () => {
    const {
      heldOut,
      epochs,
      train,
      dataset: joined,
    } = splitBlocks(data, data.whole, { seed: 3, validation: dataset(7, 0) });
    expect([epochs?.rows, train.length, heldOut.length, joined.rows]).toEqual([1000, 200, 7, 207]);
  });

  test.each([
    [{ validationSplit: 1 }, 'the share of validation rows must be a number at least 0 and below 1; got 1'],
    [
      { validationSplit: 1e-9 },
      'the share of validation rows must leave rows on both sides of a sample of 200; got 1e-9',
    ],
    [{ validation: dataset(7, 0), validationSplit: 0.2 }, 'validationSplit must be left out'],
  ])('refuses %o', (options, message) => {
    expect(() => splitBlocks(data, data.whole, { seed: 3, ...options })).toThrow(message);
  });
});
