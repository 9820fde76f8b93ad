import { expect, test } from 'vitest';
import { rungs } from '../../src/study/pruning.js';
import { messageOf } from '../schedules/message-of.js';

// By hand, for 16 points: the last halving at half of them, the one before at a quarter, and so on.
test.each<[number, [points: number, survivors: number][]]>([
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
])('of %i runs, measured 16 times', (runs, expected) => {
  expect(rungs(runs, 16)).toEqual(expected.map(([points, survivors]) => ({ points, survivors })));
});

test('rungs rise, none is empty, none is the end, and the field is halved, for any number of runs and points', () => {
  for (let runs = 1; runs <= 40; runs++) {
    const halvings = Math.max(0, Math.ceil(Math.log2(runs)) - 1);
    for (let points = 2 ** halvings; points < 2 ** halvings + 30; points++) {
      const found = rungs(runs, points);
      expect(found).toHaveLength(halvings);
      let [left, before] = [runs, 0];
      for (const rung of found) {
        expect(rung.points).toBeGreaterThan(before);
        expect(rung.points).toBeLessThan(points);
        expect(rung.survivors).toBe(Math.ceil(left / 2));
        [left, before] = [rung.survivors, rung.points];
      }
      expect(left).toBeLessThanOrEqual(2);
    }
  }
});

test('too few points are refused in words', () => {
  expect(messageOf(() => rungs(3, 1))).toBe(
    'halving: 3 runs are halved once, for which the training must be measured 2 times; it is measured 1 times',
  );
  expect(messageOf(() => rungs(9, 7))).toBe(
    'halving: 9 runs are halved 3 times, for which the training must be measured 8 times; it is measured 7 times',
  );
});
