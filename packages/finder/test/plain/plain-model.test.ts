import { useBackend } from '@lrfind/backends';
import type { TableDescription } from '@lrfind/core/results';
import { readTable } from '@lrfind/data';
import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { describeTable, encodeTable, findLearningRate, nets, plainModel } from '../../src/index.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** A table of a CSV text. */
async function tableOf(header: readonly string[], rows: readonly (readonly (number | string)[])[]) {
  const bytes = new TextEncoder().encode([header, ...rows].map((row) => row.join(',')).join('\n'));
  const source = {
    name: 't.csv',
    async *stream() {
      yield { bytes, fraction: 1 };
    },
    slice: async (start = 0, end = bytes.length) => bytes.slice(start, end),
    size: async () => bytes.length,
    sibling: () => source,
  };
  return readTable(source);
}
const numbered = (word: string, count: number) => Array.from({ length: count }, (_, i) => `${word}${i}`);
const grid = (
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
  label: (row: number) => number | string,
) =>
  Array.from({ length: rows }, (_, row) => [
    ...Array.from({ length: columns }, (_, column) => value(row, column)),
    label(row),
  ]);

const tables = {
  dense: () =>
    tableOf(
      ['a', 'b', 'c', 'y'],
      grid(
        60,
        3,
        (r, c) => Math.sin(r + c),
        (r) => 0.5 + r,
      ),
    ),
  embedding: () =>
    tableOf(
      [...numbered('token', 6), 'y'],
      grid(
        60,
        6,
        (r, c) => (r * 7 + c) % 40,
        (r) => (r % 2 ? 'a' : 'b'),
      ),
    ),
  conv: () =>
    tableOf(
      [...numbered('pixel', 64), 'y'],
      grid(
        60,
        64,
        (r, c) => (r * c) % 17,
        (r) => r % 3,
      ),
    ),
} as const;

test.each(Object.entries(tables))(
  'a table for %s gets that net, and it trains on the table at once',
  async (name, make) => {
    const table = await make();
    const description = describeTable(table);
    const { model, notes } = plainModel(description);
    expect(model.name).toBe(`plain_${name}`);
    expect(notes[0]).toMatch(new RegExp(`${model.countParams().toLocaleString('en-US')} parameters$`));
    const { dataset, losses } = encodeTable(table, model, { scale: 'standard', missing: 'mean' });
    expect(losses).toHaveLength(1);
    const result = await findLearningRate(model, dataset, { loss: losses, steps: 12, repeats: 1, batchSize: 16 });
    expect(result.sweeps[0]?.points[0]?.loss).toBeGreaterThan(0);
    model.dispose();
  },
);

test.each(Object.entries(tables))(
  'the file of a plain net for %s is what TensorFlow.js loads, compiled, and what lrfind reads',
  async (_, make) => {
    const { model, json } = plainModel(describeTable(await make()));
    const parsed = JSON.parse(json);
    expect(parsed.weightsManifest).toBeUndefined();
    const loaded = await loadLayersModel(
      io.fromMemory({ modelTopology: parsed.modelTopology, trainingConfig: parsed.trainingConfig }),
    );
    expect(loaded.countParams()).toBe(model.countParams());
    expect(loaded.loss).toBe(model.loss);
    expect(loaded.optimizer.getClassName()).toBe('Adam');
    loaded.dispose();
    model.dispose();
  },
);

test('equal tables give equal files', async () => {
  const json = async () => {
    const { model, json: text } = plainModel(describeTable(await tables.dense()));
    model.dispose();
    return text;
  };
  expect(await json()).toBe(await json());
});

test.each([
  // Twice 3 features is 6: the least width.
  [3, 60, [16, 8]],
  // Twice 20 is 40, up to 64; (20 + 1) · 64 + 65 · 32 + 33 = 3,457 weights need 346 rows, and 32: 672 + 528 + 17 = 1,217 need 122.
  [20, 400, [64, 32]],
  [20, 200, [32, 16]],
  [20, 60, [16, 8]],
  [300, 100_000, [256, 128]],
])('with %i features and %i rows the hidden layers have the widths of the rule', async (features, rows, widths) => {
  const description = describeTable(
    await tableOf(
      [...numbered('f', 3), 'y'],
      grid(
        8,
        3,
        (r, c) => r + c / 3,
        (r) => r + 0.5,
      ),
    ),
  );
  const { model } = plainModel({ ...description, usable: rows, inputs: [[features]] } as TableDescription, {
    net: 'dense',
  });
  expect(model.layers.slice(0, 2).map((layer) => layer.getConfig().units)).toEqual(widths);
  model.dispose();
});

test('an embedding has one id more than the greatest of all columns', async () => {
  const { model } = plainModel(describeTable(await tables.embedding()));
  expect(model.layers[0]?.getConfig()).toMatchObject({ inputDim: 40, outputDim: 8 });
  model.dispose();
});

test('a net that a table is not for, an unknown one, a table that does not fit and one for a model are refused', async () => {
  const dense = describeTable(await tables.dense());
  expect(() => plainModel(dense, { net: 'conv' })).toThrow(
    /^net conv must have a square of pixels .*; got 3 features$/,
  );
  expect(() => plainModel(dense, { net: 'embedding' })).toThrow(
    /^net embedding must have whole numbers from 0 .* column "a"$/,
  );
  expect(() => plainModel(dense, { net: 'recurrent' })).toThrow(
    /^net recurrent must have windows of a series; got rows$/,
  );
  expect(() => plainModel(dense, { net: 'desne' as never })).toThrow(
    /^net must be one of auto, .*; did you mean dense\?$/,
  );
  expect(() => plainModel({ ...dense, misfits: [{ problem: 'x', answer: '--ignore y' }] })).toThrow(/^x; --ignore y$/);
  const { model } = plainModel(dense);
  expect(() => plainModel({ ...dense, model: { name: 'm', inputs: [], outputs: [] } })).toThrow(
    /described without a model/,
  );
  model.dispose();
});

test('only the last of the nets suits any table', async () => {
  const dense = describeTable(await tables.dense());
  expect(nets.filter(({ suits }) => suits(dense)).map(({ name }) => name)).toEqual([nets.at(-1)?.name]);
});
