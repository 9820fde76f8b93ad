import { describe, expect, test } from 'vitest';
import { mean, median, quantile, standardDeviation, studentT } from '../src/statistics.js';

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

test('a quantile lies on the line between its neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
  expect(quantile([7], 0.9)).toBe(7);
});

test('infinities stay at their ends and do not become NaN', () => {
  expect(quantile([1, 2, Number.POSITIVE_INFINITY], 0.5)).toBe(2);
  expect(quantile([1, Number.POSITIVE_INFINITY], 0.5)).toBe(Number.POSITIVE_INFINITY);
  expect(quantile([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.5)).toBe(Number.POSITIVE_INFINITY);
});

test('the median of no values is NaN', () => {
  expect(median([])).toBeNaN();
});
