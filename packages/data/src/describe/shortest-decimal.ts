import { roundToFloat32 } from '@lrfind/core';

/** The shortest decimal of a number in float32: 0.1, which is 0.10000000149 in float64. Other numbers stay as they are. */
export function shortestDecimal(value: number): number {
  return Math.fround(value) === value ? roundToFloat32(value) : value;
}
