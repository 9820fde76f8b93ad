import { expect, test } from 'vitest';
import { fitRows } from '../../src/layout/panel-rows.js';

const rows = [
  { share: 2, least: 50, above: 10 },
  { share: 1, least: 50, above: 10 },
  { share: 1, least: 20, above: 30 },
];

test('rows share what is left below their titles', () => {
  // 450 less 50 above them is 400: a half, a quarter, a quarter.
  expect(fitRows(rows, 450)).toEqual([200, 100, 100]);
});

test('the last row goes first, and the others take its place', () => {
  // 249 - 50 = 199 would leave 49 for the second; without the third there are 229, a third of them for the second.
  expect(fitRows(rows, 249)).toEqual([153, 76, 0]);
  expect(fitRows(rows, 160)).toEqual([150, 0, 0]);
});

test('the first always stays', () => {
  expect(fitRows(rows, 30)).toEqual([20, 0, 0]);
});
