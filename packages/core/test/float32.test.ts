import { expect, test } from 'vitest';
import { roundToFloat32 } from '../src/float32.js';

test('a number is rounded to float32, and is the shortest decimal of that', () => {
  expect(roundToFloat32(0.1)).toBe(0.1);
  expect(roundToFloat32(Math.fround(0.1))).toBe(0.1);
  expect(roundToFloat32(1 / 3)).toBe(0.33333334);
  expect(roundToFloat32(-2e-7)).toBe(-2e-7);
  // 2²⁴ + 1 is between two numbers of float32.
  expect(roundToFloat32(16_777_217)).toBe(16_777_216);
});

test('numbers of which engines disagree in the last bits become one', () => {
  // From a sweep in V8 11.3 and in JavaScriptCore.
  expect(roundToFloat32(3.0270016537634617e-6)).toBe(roundToFloat32(3.0270016537634612e-6));
});

test('every number keeps its float32, in at most nine digits', () => {
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let i = 0; i < 20_000; i++) {
    bits[0] = Math.imul(i, 2654435761) & 0x7fffffff;
    const single = value[0] as number;
    if (!Number.isFinite(single)) continue;
    expect(Math.fround(roundToFloat32(single))).toBe(single);
    const rounded = roundToFloat32(single);
    expect(Number(rounded.toPrecision(9))).toBe(rounded);
  }
});

test('what float32 does not hold stays as it is', () => {
  for (const value of [0, 1e-50, 1e300, Number.POSITIVE_INFINITY]) expect(roundToFloat32(value)).toBe(value);
  expect(roundToFloat32(Number.NaN)).toBeNaN();
});
