import { expect, test } from 'vitest';
import { curveValue } from '../src/curves/curve-value.js';

const line = [
  { rate: 1e-4, loss: 4 },
  { rate: 1e-2, loss: 2 },
  { rate: 1, loss: 10 },
];

test('a value between two rates is linear in the logarithm of the rate', () => {
  expect(curveValue(line, 1e-3)).toBeCloseTo(3, 12);
  expect(curveValue(line, 10 ** -0.5)).toBeCloseTo(8, 12);
});

test('a value at a rate of the curve is that of the curve', () => {
  expect(line.map(({ rate }) => curveValue(line, rate))).toEqual([4, 2, 10]);
});

test('there is no value beyond the curve', () => {
  expect(curveValue(line, 1e-5)).toBeNull();
  expect(curveValue(line, 2)).toBeNull();
  expect(curveValue([], 1)).toBeNull();
});
