import { expect, test } from 'vitest';
import { roundNumbers } from '../src/round-numbers.js';

test.each<[low: number, high: number, count: number, expected: number[]]>([
  [1.14, 1.9, 4, [1, 1.2, 1.4, 1.6, 1.8, 2]],
  [0, 0.1, 4, [0, 0.02, 0.04, 0.06, 0.08, 0.1]],
  [-3, 3, 3, [-4, -2, 0, 2, 4]],
  [990, 1010, 4, [990, 995, 1000, 1005, 1010]],
  [0.1, 0.3, 2, [0.1, 0.2, 0.3]],
])('from %d to %d in about %i steps', (low, high, count, expected) => {
  expect(roundNumbers(low, high, count)).toEqual(expected);
});

test('they enclose every range, are multiples of 1, 2 or 5 times a power of ten, and few', () => {
  for (let i = 0; i < 2000; i++) {
    const low = Math.sin(i) * 10 ** ((i % 40) - 20);
    const high = low + Math.abs(Math.cos(3 * i) * 10 ** ((i % 37) - 18)) + Math.abs(low) * 1e-6;
    const found = roundNumbers(low, high, 4);
    const step = (found[1] as number) - (found[0] as number);
    const slack = step * 1e-6;
    expect(found[0] as number).toBeLessThanOrEqual(low + slack);
    expect(found.at(-1) as number).toBeGreaterThanOrEqual(high - slack);
    expect((found[1] as number) - (found[0] as number)).toBeLessThan(high - low + slack);
    expect(['1', '2', '5', '9', '4']).toContain((step + step * 1e-9).toExponential(9)[0]);
    expect(found.length).toBeLessThanOrEqual(10);
  }
});
