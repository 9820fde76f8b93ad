import { expect, test } from 'vitest';
import { evaluationsToTake } from '../../src/study/evaluations-to-take.js';

// By hand: eight trials to the fourth evaluation, four to the eighth, two to the end. Seven are four and two where all are waited for; else
// three, of which none is dropped any more.
test.each<[number, number, boolean | 'asynchronous', number]>([
  [8, 16, false, 128],
  [8, 16, true, 32 + 16 + 16],
  [8, 16, 'asynchronous', 32 + 16 + 16],
  [7, 16, true, 28 + 16 + 16],
  [7, 16, 'asynchronous', 7 * 8 + 3 * 8],
  [2, 16, true, 32],
  [1, 1, 'asynchronous', 1],
])('of %i trials with %i evaluations, halving %s', (trials, evaluations, halving, expected) => {
  expect(evaluationsToTake(trials, evaluations, halving)).toBe(expected);
});
