import { expect, test } from 'vitest';
import { concatDatasets, type Dataset } from '../src/dataset.js';
import { messageOf } from './message-of.js';
import { dataset } from './small-datasets.js';

test('joined datasets have the rows of all, one after the other, and the notes of all', () => {
  const joined = concatDatasets([dataset(2, 0), dataset(1, 10), dataset(3, 20)], ['a', 'b', 'c']);
  expect(joined).toEqual({
    rows: 6,
    inputs: [
      {
        shape: [2],
        values: Float32Array.of(0, 0.5, 1, 1.5, 10, 10.5, 20, 20.5, 21, 21.5, 22, 22.5),
        columns: ['a', 'b'],
      },
    ],
    targets: [{ shape: [], values: Float32Array.of(0, 1, 10, 20, 21, 22) }],
    notes: ['from 0', 'from 10', 'from 20'],
  });
});

test('one dataset is returned as it is; integers stay integers if all are', () => {
  const alone = dataset(3, 0);
  expect(concatDatasets([alone], ['a'])).toBe(alone);
  const values = (...datasets: Dataset[]) => concatDatasets(datasets, ['a', 'b']).targets[0]?.values;
  expect(values(dataset(1, 2, true), dataset(1, 4, true))).toEqual(Int32Array.of(2, 4));
  expect(values(dataset(1, 2, true), dataset(1, 4))).toEqual(Float32Array.of(2, 4));
});

test('datasets of other shapes are refused, naming both', () => {
  const [two, one] = [dataset(2, 0), { ...dataset(2, 0), inputs: dataset(2, 0).targets }];
  const targets = { ...two, targets: [...two.targets, ...two.targets] };
  const names = ['the training rows', 'the test rows'];
  expect(messageOf(() => concatDatasets([two, one], names))).toBe(
    'the inputs of the test rows must have the row shapes of the training rows, [2]; got []',
  );
  expect(messageOf(() => concatDatasets([two, targets], names))).toBe(
    'the targets of the test rows must have the row shapes of the training rows, []; got [], []',
  );
});
