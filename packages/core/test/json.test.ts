import { expect, test } from 'vitest';
import { firstDifference, isObject } from '../src/json.js';

test.each<[unknown, boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  [undefined, false],
  ['a', false],
  [3, false],
])('%j: an object or not', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});

test.each<[before: unknown, now: unknown, text: string | undefined]>([
  [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, undefined],
  [{ settings: { epochs: 10 } }, { settings: { epochs: 20 } }, 'settings.epochs was 10 and is 20'],
  [{ a: 1 }, {}, 'a was 1 and is missing'],
  [{}, { a: [1] }, 'a was missing and is [1]'],
  [{ rates: [1, 2] }, { rates: [1, 3] }, 'rates.1 was 2 and is 3'],
  [{ rates: [1] }, { rates: [1, 3] }, 'rates.1 was missing and is 3'],
  [{ a: { b: 1 } }, { a: 'b' }, 'a was {"b":1} and is "b"'],
  [{ a: null }, { a: {} }, 'a was null and is {}'],
  [{ a: 1, b: 1 }, { a: 2, b: 2 }, 'a was 1 and is 2'],
])('%j and %j: the first difference', (before, now, text) => {
  expect(firstDifference(before, now)).toBe(text);
});
