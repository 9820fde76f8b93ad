import { describe, expect, test } from 'vitest';
import { type Spacing, spacings, sweepRates } from '../../src/sweep/rates.js';

describe.each(Object.keys(spacings) as Spacing[])('law: %s', (spacing) => {
  test.each([
    [1e-7, 100, 150],
    [1e-3, 0.0010001, 2],
    [5, 6, 3],
    // The ratio of the ends overflows, or is below the smallest number.
    [1e-300, 1e300, 150],
    [5e-324, 1.7e308, 200],
  ])('from %d to %d in %d steps reaches both ends exactly, rises, stays within', (start, end, steps) => {
    const rates = sweepRates(start, end, steps, spacing);
    expect(rates).toHaveLength(steps);
    expect([rates[0], rates.at(-1)]).toEqual([start, end]);
    expect(rates.every(Number.isFinite)).toBe(true);
    for (const [i, rate] of rates.entries()) if (i > 0) expect(rate).toBeGreaterThan(rates[i - 1] as number);
  });
});

test('geometric: 1e-4 to 1 in five steps are the powers of ten', () => {
  const expected = [1e-4, 1e-3, 1e-2, 1e-1, 1];
  for (const [i, rate] of sweepRates(1e-4, 1, 5, 'geometric').entries()) {
    expect(rate / (expected[i] as number)).toBeCloseTo(1, 12);
  }
});

test('linear: 1 to 5 in five steps are the whole numbers', () => {
  expect(sweepRates(1, 5, 5, 'linear')).toEqual([1, 2, 3, 4, 5]);
});
