import { expect, test } from 'vitest';
import { halvingNotes } from '../../src/study/halving-notes.js';

test('a comparison says how many trials are left where it has too few evaluations to halve them all', () => {
  expect(halvingNotes(true, 40, 5)).toEqual([
    'halving: 5 evaluations of each training allow 2 halvings, which leave 10 of 40 trials',
  ]);
  // 41, 21, 11 against 41, 20, 10: asynchronous halves are rounded down.
  expect(halvingNotes(true, 41, 4)).toEqual([
    'halving: 4 evaluations of each training allow 2 halvings, which leave 11 of 41 trials',
  ]);
  expect(halvingNotes('asynchronous', 41, 4)).toEqual([
    'halving: 4 evaluations of each training allow 2 halvings, which leave 10 of 41 trials',
  ]);
  expect(halvingNotes(true, 9, 2)).toEqual([
    'halving: 2 evaluations of each training allow one halving, which leaves 5 of 9 trials',
  ]);
});

test('it says nothing where all are halved, or none', () => {
  expect(halvingNotes(true, 40, 32)).toEqual([]);
  expect(halvingNotes('asynchronous', 40, 16)).toEqual([]);
  expect(halvingNotes(true, 2, 1)).toEqual([]);
  expect(halvingNotes(false, 40, 5)).toEqual([]);
});
