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

test('with fewer evaluations trials are halved as often as there are some half-way to one another', () => {
  // By hand: 5 is halved to 2.5 and 1.25, and once more would be no evaluation.
  expect(rungs(40, 5)).toEqual([
    { evaluations: 1, survivors: 20 },
    { evaluations: 3, survivors: 10 },
  ]);
  expect(rungs(9, 7).map(({ survivors }) => survivors)).toEqual([5, 3]);
  expect(rungs(10_000, 20).map(({ evaluations }) => evaluations)).toEqual([1, 3, 5, 10]);
});

test('a single evaluation, at the end, is refused', () => {
  expect(messageOf(() => rungs(3, 1))).toBe(
    'halving needs at least 2 evaluations of each training, to drop trials before the last; got 1',
  );
  expect(rungs(2, 1)).toEqual([]);
});
