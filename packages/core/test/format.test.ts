import { expect, test } from 'vitest';
import {
  counted,
  countText,
  flagList,
  measureText,
  numberText,
  powerOfTen,
  quotedList,
  rateText,
  sizeText,
  wordList,
} from '../src/format.js';

test.each<[rate: number, text: string, digits?: number]>([
  [0.003, '0.003'],
  [0.0031249, '0.00312'],
  [0.0031249, '0.0031', 2],
  [0.001, '0.001'],
  [0.00099949, '9.99e-4'],
  [0.00099951, '0.001'],
  [1e-7, '1e-7'],
  [3.14e-5, '3.14e-5'],
  [12, '12'],
  [12.345, '12.3'],
  [99_940, '99900'],
  [99_951, '1e5'],
  [1.5e6, '1.5e6'],
  [0, '0'],
  [-0.00002, '-2e-5'],
])('the rate %d is %s', (rate, text, digits) => {
  expect(rateText(rate, digits)).toBe(text);
});

test.each([
  [0, '0'],
  [999, '999'],
  [60_000, '60,000'],
  [1_234_567, '1,234,567'],
])('the count %d is %s', (count, text) => {
  expect(countText(count)).toBe(text);
});

test.each<[number | null, string]>([
  [0.43, '0.4300'],
  [0, '0.000'],
  [-1.5, '-1.500'],
  [12345, '1.235e+4'],
  [99_999, '1.000e+5'],
  [0.001, '0.001000'],
  [0.00001234, '1.234e-5'],
  [123456, '1.235e+5'],
  [null, 'not finite'],
])('the loss %d is %s', (value, text) => {
  expect(measureText(value)).toBe(text);
});

test.each<[value: number, text: string, digits?: number]>([
  [0, '0'],
  [1, '1'],
  [0.0032, '0.0032'],
  [0.00321, '0.0032'],
  [0.00321, '0.00321', 3],
  [32, '32'],
  [99_999, '10⁵'],
  [99_999, '99999', 5],
  [-4, '−4'],
  [3.2e-5, '3.2×10⁻⁵'],
  [-3.2e-5, '−3.2×10⁻⁵'],
  [1e-5, '10⁻⁵'],
  [-1e-5, '−10⁻⁵'],
  [1e5, '10⁵'],
  [2.5e12, '2.5×10¹²'],
  [0.001, '0.001'],
  [0.00099, '9.9×10⁻⁴'],
])('the number %d is typeset as %s', (value, text, digits) => {
  expect(numberText(value, digits)).toBe(text);
});

test('a power of ten has superscript digits', () => {
  expect([-15, -1, 0, 2, 10].map(powerOfTen)).toEqual(['10⁻¹⁵', '10⁻¹', '10⁰', '10²', '10¹⁰']);
  expect(powerOfTen(1234567890)).toBe('10¹²³⁴⁵⁶⁷⁸⁹⁰');
});

test('a count agrees with its noun', () => {
  expect([0, 1, 2].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
});

test('a list has commas and an "and", and a long one the number of the others', () => {
  const letters = [...'abcdefgh'];
  expect(wordList([])).toBe('');
  expect(wordList(['a'])).toBe('a');
  expect(wordList(['a', 'b'])).toBe('a and b');
  expect(wordList(['a', 'b', 'c'])).toBe('a, b and c');
  expect(wordList(letters.slice(0, 6))).toBe('a, b, c, d, e and f');
  expect(wordList(letters)).toBe('a, b, c, d, e and 3 more');
  expect(wordList(letters, 4)).toBe('a, b, c and 5 more');
  expect(wordList(letters, 8)).toBe('a, b, c, d, e, f, g and h');
});

test('names are quoted, the words about the others are not', () => {
  expect(quotedList(['age', 'size'])).toBe('"age" and "size"');
  expect(quotedList(['a', 'b', 'c', 'd'], 3)).toBe('"a", "b" and 2 more');
  expect(quotedList([])).toBe('');
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1_234_567, '1.23 MB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [5e8, '500 MB'],
  [3e12, '3 TB'],
  [9e18, '9 EB'],
  [9e21, '9000 EB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test.each<[names: string[], text: string]>([
  [['age', 'fare'], 'age,fare'],
  [['Browser Version'], '"Browser Version"'],
  [['a,b', 'c'], '"a\\,b,c"'],
  [['cost ($)'], "'cost ($)'"],
  [["it's $5"], "'it'\\''s $5'"],
  [["it's"], '"it\'s"'],
  [['Größe'], '"Größe"'],
])("%j is a flag's value that a shell takes: %s", (names, text) => {
  expect(flagList(names)).toBe(text);
});
