import { describe, expect, test } from 'vitest';
import { mean, standardDeviation } from '../../src/moments.js';
import { pairedDifference } from '../../src/study/paired-difference.js';
import { studentT } from '../../src/student-t.js';

/** The part of Student's distribution between −t and t: its density, integrated by Simpson's rule in t = tan θ. */
function within(t: number, freedom: number): number {
  // (1 + tan² θ / n)^(−(n+1)/2) · dt, with dt = dθ / cos² θ.
  const density = (angle: number) =>
    (1 + Math.tan(angle) ** 2 / freedom) ** (-(freedom + 1) / 2) / Math.cos(angle) ** 2;
  const integral = (to: number) => {
    const parts = 4000;
    const width = to / parts;
    let sum = 0;
    for (let i = 0; i <= parts; i++) sum += density(i * width) * (i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2);
    return (sum * width) / 3;
  };
  // The whole is the integral to a right angle; just short of it, where the density of one degree of freedom is level.
  return integral(Math.atan(t)) / integral(Math.PI / 2 - 1e-6);
}

describe('Student’s t', () => {
  test('95 % lie between minus and plus of it, by the density, for every number of seeds', () => {
    for (const freedom of [...Array(60).keys()].map((i) => i + 1).concat(99, 199, 999))
      expect(within(studentT(freedom), freedom), `${freedom} degrees`).toBeCloseTo(0.95, 4);
  });

  test('falls with the degrees of freedom, to that of the normal distribution', () => {
    for (let freedom = 1; freedom < 1000; freedom++) expect(studentT(freedom + 1)).toBeLessThan(studentT(freedom));
    expect(studentT(1e9)).toBeCloseTo(1.959964, 6);
  });
});

test('mean and standard deviation, by hand', () => {
  expect(mean([2, 4, 9])).toBe(5);
  // Squares of −3, −1 and 4 are 26, by two.
  expect(standardDeviation([2, 4, 9])).toBeCloseTo(Math.sqrt(13), 12);
  expect(standardDeviation([7, 7])).toBe(0);
});

describe('a paired difference', () => {
  test('is of seeds, one by one: what a seed does to both is no noise', () => {
    // Differences 1, 1 and 1, although the losses themselves lie far apart.
    expect(pairedDifference([11, 101, 1001], [10, 100, 1000])).toEqual({
      difference: 1,
      low: 1,
      high: 1,
      verdict: 'worse',
    });
  });

  test('by hand: differences of 1, 2 and 6', () => {
    const { difference, low, high, verdict } = pairedDifference([2, 3, 7], [1, 1, 1]);
    // Mean 3; squares of −2, −1 and 3 are 14, by two 7; √(7/3) is a standard error, 4.3027 of them reach to either side.
    expect(difference).toBe(3);
    expect(low).toBeCloseTo(3 - 4.3027 * Math.sqrt(7 / 3), 10);
    expect(high).toBeCloseTo(3 + 4.3027 * Math.sqrt(7 / 3), 10);
    expect(verdict).toBe('same');
  });

  test('of one seed has no interval', () => {
    expect(pairedDifference([3], [1])).toEqual({ difference: 2, low: null, high: null, verdict: 'unknown' });
  });

  test('covers a difference that is 0 in 95 of 100 cases', () => {
    // A sum of twelve uniform numbers less six is nearly normal.
    let state = 1;
    const uniform = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const noise = () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
    const cases = 4000;
    let covered = 0;
    for (let i = 0; i < cases; i++) {
      const { low, high } = pairedDifference([noise(), noise(), noise()], [0, 0, 0]);
      if ((low as number) <= 0 && (high as number) >= 0) covered++;
    }
    // Four standard deviations of a binomial are 0.014.
    expect(Math.abs(covered / cases - 0.95)).toBeLessThan(0.014);
  });
});
