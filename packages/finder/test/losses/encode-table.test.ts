import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { Table } from '@lrfind/data';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { encodeTable } from '../../src/losses/encode-table.js';

await useBackend('wasm');

/** A table of numbers. */
function tableOf(columns: Readonly<Record<string, readonly number[]>>): Table {
  const names = Object.keys(columns);
  const rows = columns[names[0] as string]?.length ?? 0;
  const values = Float32Array.from({ length: rows * names.length }, (_, i) => {
    return columns[names[i % names.length] as string]?.[Math.floor(i / names.length)] as number;
  });
  return {
    source: 't.csv',
    rows,
    columns: names.map((name) => ({ name, kind: 'number' })),
    values,
    place: (row) => `row ${row + 1} (line ${row + 2})`,
  };
}

function modelWith(inputs: number, ...outputs: { name: string; units: number; activation: 'linear' | 'softmax' }[]) {
  const xs = input({ shape: [inputs], name: 'in' });
  const ys = outputs.map(({ name, units, activation }) => layers.dense({ name, units, activation }).apply(xs));
  return model({ inputs: xs, outputs: ys as SymbolicTensor[] });
}

const plain = { scale: 'none', missing: 'mean' } as const;
const linear = { name: 'out', units: 1, activation: 'linear' } as const;

test('the loss of a table is inferred, with a note that says why', () => {
  const { tasks, dataset } = encodeTable(tableOf({ a: [1, 2], b: [3, 4], y: [5, 6.5] }), modelWith(2, linear), plain);
  expect(tasks).toEqual([{ kind: 'regression', loss: 'meanSquaredError' }]);
  expect(dataset.notes).toEqual([
    'target "y", the last column',
    'loss meanSquaredError: output "out" has 1 linear unit and the target is 1 column of numbers',
  ]);
});

test('an unknown loss is refused', () => {
  const encode = (loss: string) => () =>
    encodeTable(tableOf({ x: [0], y: [1] }), modelWith(1, linear), { ...plain, loss });
  expect(encode('meanSquareError')).toThrow(InputError);
  expect(encode('meanSquareError')).toThrow(
    /^loss must be one of .*; got "meanSquareError"; did you mean meanSquaredError\?$/,
  );
  expect(encode('toString')).toThrow(/^loss must be one of .*; got "toString"/);
});

test('as many losses are needed as the model has outputs', () => {
  const two = modelWith(1, { name: 'kind', units: 3, activation: 'softmax' }, { ...linear, name: 'size' });
  const table = tableOf({ x: [0], k: [0], s: [1] });
  expect(() => encodeTable(table, two, { ...plain, target: ['k', 's'], loss: ['hinge'] })).toThrow(InputError);
});
