import { expect, test } from 'vitest';
import { rungs } from '../../src/study/pruning.js';
import { messageOf } from '../message-of.js';

// By hand, for 16 evaluations: the last halving after half of them, the one before after a quarter, and so on.
test.each<[number, [evaluations: number, survivors: number][]]>([
  [1, []],
  [2, []],
  [3, [[8, 2]]],
  [4, [[8, 2]]],
  [
    5,
    [
      [4, 3],
      [8, 2],
    ],
  ],
  [
    6,
    [
      [4, 3],
      [8, 2],
    ],
  ],
  [
    7,
    [
      [4, 4],
      [8, 2],
    ],
  ],
  [
    8,
    [
      [4, 4],
      [8, 2],
    ],
  ],
  [
    9,
    [
      [2, 5],
      [4, 3],
      [8, 2],
    ],
  ],
  [
    10,
    [
      [2, 5],
      [4, 3],
      [8, 2],
    ],
  ],
  [
    11,
    [
      [2, 6],
      [4, 3],
      [8, 2],
    ],
  ],
  [
    12,
    [
      [2, 6],
      [4, 3],
      [8, 2],
    ],
  ],
  [
    17,
    [
      [1, 9],
      [2, 5],
      [4, 3],
      [8, 2],
    ],
  ],
])('of %i trials, evaluated 16 times', (trials, expected) => {
  expect(rungs(trials, 16)).toEqual(expected.map(([evaluations, survivors]) => ({ evaluations, survivors })));
});

test('rungs increase, none is empty or at the end, and each halves the trials, for any number of trials and evaluations', () => {
  for (let trials = 1; trials <= 40; trials++) {
    const halvings = Math.max(0, Math.ceil(Math.log2(trials)) - 1);
    for (let evaluations = 2 ** halvings; evaluations < 2 ** halvings + 30; evaluations++) {
      const found = rungs(trials, evaluations);
      expect(found).toHaveLength(halvings);
      let [remaining, before] = [trials, 0];
      for (const rung of found) {
        expect(rung.evaluations).toBeGreaterThan(before);
        expect(rung.evaluations).toBeLessThan(evaluations);
        expect(rung.survivors).toBe(Math.ceil(remaining / 2));
        [remaining, before] = [rung.survivors, rung.evaluations];
      }
      expect(remaining).toBeLessThanOrEqual(2);
    }
  }
});

test('too few evaluations are refused', () => {
  expect(messageOf(() => rungs(3, 1))).toBe(
    'halving: 3 trials are halved once, which needs at least 2 evaluations; got 1',
  );
  expect(messageOf(() => rungs(9, 7))).toBe(
    'halving: 9 trials are halved 3 times, which needs at least 8 evaluations; got 7',
  );
});
