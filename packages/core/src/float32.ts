/** The largest float32. Steps compute in float32, where a number beyond it would be infinite. */
export const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * A number in float32 precision, as the shortest decimal that float32 rounds to the same: 0.1, which is 0.10000000149 in float64.
 *
 * Engines round powers, logarithms and cosines differently in the last bits of float64. Rounded to float32, in which steps compute
 * anyway, a rate is the same in every engine, and so are the documents that store it.
 *
 * @returns the number itself where float32 would make it 0 or infinite
 */
export function roundToFloat32(value: number): number {
  const single = Math.fround(value);
  if (single === 0 || !Number.isFinite(single)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(single.toPrecision(digits));
    if (Math.fround(shorter) === single) return shorter;
  }
  return Number(single.toPrecision(9));
}
