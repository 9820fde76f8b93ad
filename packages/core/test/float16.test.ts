import { expect, test } from 'vitest';
import { bfloat16Of, float16Of } from '../src/float16.js';

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('the float16 of the bits %i is %d', (bits, number) => expect(float16Of(bits)).toBe(number));

test.each([
  [0x3f80, 1],
  [0xc000, -2],
  [0x4049, 3.140625],
  [0x7f80, Number.POSITIVE_INFINITY],
  [0x7fc0, Number.NaN],
])('the bfloat16 of the bits %i is %d', (bits, number) => expect(bfloat16Of(bits)).toBe(number));
