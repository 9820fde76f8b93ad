import { describe, expect, test } from 'vitest';
import { rowKeys } from '../../src/large/row-keys.js';

const bins = (keys: readonly number[], count: number) => {
  const found = new Array<number>(count).fill(0);
  for (const key of keys) {
    const bin = Math.floor(key * count);
    found[bin] = (found[bin] as number) + 1;
  }
  return found;
};
const chiSquare = (found: readonly number[], expected: number) =>
  found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

describe('the keys of rows', () => {
  // The 0.1 % and 99.9 % quantiles of chi-square with 99 degrees of freedom.
  const [low, high] = [61.1, 149.4];

  test.each([0, 1, 2, 12345])('are uniform for seed %s', (seed) => {
    const key = rowKeys(seed, 'a');
    const value = chiSquare(
      bins(
        Array.from({ length: 100_000 }, (_, row) => key(row)),
        100,
      ),
      1000,
    );
    expect(value).toBeGreaterThan(low);
    expect(value).toBeLessThan(high);
  });

  test('of neighbours, of seeds and of purposes are independent', () => {
    const pairs = [
      [rowKeys(0, 'a'), (row: number) => rowKeys(0, 'a')(row + 1)],
      [rowKeys(0, 'a'), rowKeys(1, 'a')],
      [rowKeys(0, 'a'), rowKeys(0, 'b')],
    ] as const;
    for (const [one, other] of pairs) {
      const joint = Array.from({ length: 20_000 }, (_, row) => (Math.floor(one(row) * 10) + other(row)) / 10);
      const value = chiSquare(bins(joint, 100), 200);
      expect(value).toBeGreaterThan(low);
      expect(value).toBeLessThan(high);
    }
  });

  test('differ beyond 2^32 rows, and between all of a million', () => {
    const key = rowKeys(0, 'a');
    expect(key(5)).not.toBe(key(5 + 2 ** 32));
    expect(new Set(Array.from({ length: 1_000_000 }, (_, row) => key(row))).size).toBe(1_000_000);
  });
});
