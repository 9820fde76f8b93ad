import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { comparisonSettings } from '../../src/compare/comparison.js';
import { checkRoom } from '../../src/compare/room.js';

const told = (flags: object) => comparisonSettings({ model: ['m.json'], data: 'd.csv', ...flags });
const GIB = 2 ** 30;

test('a comparison whose measurements have no room is refused before any work, with what would help', () => {
  // 100,000 trials × 3 seeds × 20 evaluations × 360 bytes are 2.16 GB; 2,160,000,000 / 0.8 bytes are 2,575 MiB.
  const flags = { search: 100_000, steps: 50 };
  expect(() => checkRoom(told(flags), 2 * GIB)).toThrow(
    new InputError(
      'a comparison of 100000 trials with 3 seeds and 20 evaluations each needs about 2.16 GB of memory for what it measures, and Node takes at most 2.15 GB: compare fewer trials, give Node more (NODE_OPTIONS=--max-old-space-size=2600), or drop most trials early (--halving)',
    ),
  );
  checkRoom(told(flags), 2600 * 2 ** 20);
});

test('fewer trials, seeds or evaluations have room, and so have trials that are halved', () => {
  for (const fewer of [{ search: 70_000 }, { repeats: 1 }, { steps: 5 }, { halving: 'asynchronous' }])
    checkRoom(told({ search: 100_000, steps: 50, ...fewer }), 2 * GIB);
});

test('of trials that are halved those evaluations count that are taken', () => {
  // By hand, in halvings after 1, 3, 5 and 10 evaluations: 1 · 100,000 + 2 · 50,000 + 2 · 25,000 + 5 · 12,500 + 10 · 6,250 = 375,000, with 100
  // seeds 13.5 GB; 13,500,000,000 / 0.8 bytes are 16,094 MiB.
  const flags = { search: 100_000, steps: 50, repeats: 100, halving: 'asynchronous' };
  expect(() => checkRoom(told(flags), 2 * GIB)).toThrow(
    new InputError(
      'a comparison of 100000 trials with 100 seeds and 20 evaluations each, halved, needs about 13.5 GB of memory for what it measures, and Node takes at most 2.15 GB: compare fewer trials, or give Node more (NODE_OPTIONS=--max-old-space-size=16100)',
    ),
  );
  expect(() => checkRoom(told({ ...flags, halving: true }), 2 * GIB)).toThrow(/ halved, needs about 13\.5 GB /);
});

test('combinations count as the trials of a search do', () => {
  const lr = Array.from({ length: 100 }, (_, i) => String((i + 1) / 1000));
  const batchSize = Array.from({ length: 100 }, (_, i) => String(i + 1));
  expect(() => checkRoom(told({ lr, batchSize, epochs: 30, repeats: 1 }), 0.1 * GIB)).toThrow(
    /^a comparison of 10000 trials with 1 seed and 30 evaluations each needs about 108 MB /,
  );
});
