import { describe, expect, test } from 'vitest';
import { judged, type Measure, median, type Results, slower, spread } from '../bench/measures.js';
import { withFigures } from '../bench/written-figures.js';

const results = (measures: Measure[]): Results => ({
  version: '1.0.0',
  date: '2030-01-01',
  machine: 'a machine',
  benches: [{ bench: 'start', about: 'start', seconds: 1, measures }],
});
const over = (ours: number[], theirs: number[]) =>
  results([
    { name: 'theirs', unit: 's', rounds: theirs },
    { name: 'ours', unit: 's', rounds: ours, peer: 'theirs' },
  ]);

test('the spread of rounds is the median of their distances from their median', () => {
  expect(median([4, 1, 10, 3])).toBe(3.5);
  // Distances from 3 are 2, 1, 0, 1 and 7.
  expect(spread([1, 2, 3, 4, 10])).toBe(1);
});

test('what is judged is the ratio to the peer of the same round', () => {
  const { measures } = over([2, 6], [1, 2]).benches[0] as Results['benches'][0];
  expect(judged(measures[1] as Measure, measures)).toEqual([2, 3]);
  expect(judged(measures[0] as Measure, measures)).toBeUndefined();
});

describe('slower than in the last release', () => {
  const before = over([1, 1.02, 0.98], [1, 1, 1]);

  test('is what takes 20 % more of its peer, with a spread of 2 %', () => {
    const [found, ...others] = slower(over([1.2, 1.22, 1.18], [1, 1, 1]), before);
    expect(found).toMatchObject({ bench: 'start', name: 'ours', before: 1, now: 1.2 });
    expect(others).toEqual([]);
  });

  test('is nothing on a machine that is three times as slow', () => {
    expect(slower(over([3, 3.06, 2.94], [3, 3, 3]), before)).toEqual([]);
  });

  test('is not what takes 9 % more, however steady', () => {
    expect(slower(over([1.09, 1.09, 1.09], [1, 1, 1]), before)).toEqual([]);
  });

  test('is not what takes 20 % more within three spreads of 10 %', () => {
    expect(slower(over([1.1, 1.2, 1.3], [1, 1, 1]), before)).toEqual([]);
  });

  test('is also what takes more memory, which has no peer', () => {
    const megabytes = (...rounds: number[]) => results([{ name: 'memory', unit: 'MB', rounds }]);
    expect(slower(megabytes(130, 131, 129), megabytes(100, 101, 99))).toHaveLength(1);
  });
});

test('figures are written between their markers alone, and twice the same', () => {
  const page = 'before\n<!-- bench: start -->\nold\n<!-- end -->\nafter <!-- bench: demo -->\n<!-- end -->\n';
  const written = withFigures(page, over([2, 2, 2], [1, 1, 1]));
  expect(written).toMatch(
    /^before\n<!-- bench: start -->\n[\s\S]*\| ours \| 2\.00 ± 0\.00 s \| 2\.00 × theirs \|[\s\S]*<!-- end -->\nafter /,
  );
  expect(written).not.toContain('old');
  expect(withFigures(written, over([2, 2, 2], [1, 1, 1]))).toBe(written);
});
