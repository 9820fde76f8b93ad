import { expect, test } from 'vitest';
import { numberText, powerOfTen } from '../src/format.js';

test.each([
  [0.0032, '0.0032'],
  [0.01, '0.01'],
  [0.001, '0.001'],
  [0.00099, '9.9×10⁻⁴'],
  [3.2e-5, '3.2×10⁻⁵'],
  [1e-7, '10⁻⁷'],
  [0.316227766, '0.32'],
  [9.99, '10'],
  [0.0009999, '0.001'],
  [31.6, '32'],
  [12345, '12000'],
  [123456, '1.2×10⁵'],
  [0, '0'],
  [-0.25, '−0.25'],
  [-1e7, '−10⁷'],
  [-2.5e-9, '−2.5×10⁻⁹'],
])('%d is written %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('has as many significant digits as asked for', () => {
  expect(numberText(0.00123456, 4)).toBe('0.001235');
  expect(numberText(1.23456e-8, 4)).toBe('1.235×10⁻⁸');
});

test('a power of ten has a raised exponent', () => {
  expect([-12, -1, 0, 1, 23].map(powerOfTen)).toEqual(['10⁻¹²', '10⁻¹', '10⁰', '10¹', '10²³']);
});
