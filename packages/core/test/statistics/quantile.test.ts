import { expect, test } from 'vitest';
import { median, quantile } from '../../src/statistics.js';

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

test('of nothing there is none', () => {
  expect(median([])).toBeNaN();
});
