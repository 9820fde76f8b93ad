import { expect, test } from 'vitest';
import { lossAt } from '../../src/curves/sweep-samples.js';

const line = [
  { rate: 1e-4, loss: 4 },
  { rate: 1e-2, loss: 2 },
  { rate: 1, loss: 10 },
];

test('a value between two rates is linear in the logarithm of the rate', () => {
  expect(lossAt(line, 1e-3)).toBeCloseTo(3, 12);
  expect(lossAt(line, 10 ** -0.5)).toBeCloseTo(8, 12);
});

test('a value at a rate of the curve is the value of the curve', () => {
  expect(line.map(({ rate }) => lossAt(line, rate))).toEqual([4, 2, 10]);
});

test('there is no value outside the curve', () => {
  expect(lossAt(line, 1e-5)).toBeNull();
  expect(lossAt(line, 2)).toBeNull();
  expect(lossAt([], 1)).toBeNull();
});
