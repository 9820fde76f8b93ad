import { expect, test } from 'vitest';
import { studyProgress } from '../../src/study/study-progress.js';

test('without halving each evaluation is an equal part', () => {
  const progress = studyProgress({ trials: 2, seeds: 3, evaluations: 4, halving: false });
  const shares = Array.from({ length: 24 }, () => progress('any'));
  expect([shares[0], shares[11], shares[23]]).toEqual([1 / 24, 1 / 2, 1]);
});

// By hand: 8 trials with 4 evaluations, 4 with another 4, 2 with the last 8, two seeds each: 2 · (32 + 16 + 16).
test('with halving the parts that are dropped do not count', () => {
  const progress = studyProgress({ trials: 8, seeds: 2, evaluations: 16, halving: true });
  const shares = Array.from({ length: 128 }, () => progress('any'));
  expect([shares[0], shares[63], shares[127]]).toEqual([1 / 128, 1 / 2, 1]);
  // A trial more than was expected.
  expect(progress('any')).toBe(1);
});

test('with asynchronous halving the trials that have begun count, but for the last one', () => {
  const progress = studyProgress({ trials: 4, seeds: 2, evaluations: 16, halving: 'asynchronous' });
  expect(['a', 'a', 'b', 'a', 'c', 'd', 'b'].map(progress)).toEqual([0, 0, 0.25, 0.25, 0.5, 0.75, 0.75]);
});
