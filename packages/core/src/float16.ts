// Numbers of 16 bits, from their bits. Node 20 has no Float16Array.

/**
 * The number of an IEEE 754 float16: a sign, five bits of exponent, ten of fraction.
 *
 * @param bits 16 bits as a whole number
 *
 * @example
 * float16Of(0x3c00); // 1
 */
export function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * The number of a bfloat16: the upper half of a float32.
 *
 * @param bits 16 bits as a whole number
 *
 * @example
 * bfloat16Of(0x3f80); // 1
 */
export function bfloat16Of(bits: number): number {
  whole.setUint32(0, bits << 16);
  return whole.getFloat32(0);
}

const whole = new DataView(new ArrayBuffer(4));
