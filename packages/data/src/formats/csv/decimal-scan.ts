const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const SPACE = 32;
const LOWER_E = 101;

/** A double holds every sequence of this many digits exactly. */
export const EXACT_DIGITS = 15;
/** Powers of ten that a double holds exactly. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** A longer number would exceed the error bound below. */
const MAX_DIGITS = 30;
/**
 * A bound on the relative error of a number of 16 to 30 digits: each digit beyond the fifteenth rounds twice and the
 * power once, so the error is below 31 · 2⁻⁵³ = 3.5e-15.
 */
const RELATIVE_ERROR = 1e-14;

/**
 * Reads a decimal from bytes without creating a string: sign, fraction, exponent and surrounding spaces are allowed.
 * Its float32 equals `Math.fround(Number(text))`. Up to 15 digits its double equals `Number(text)` too, because the
 * only rounding is one division or multiplication by an exact power of ten (Clinger, How to read floating point numbers
 * accurately, 1990). A longer number is rounded more often, but its error is bounded. If both ends of the bound round
 * to the same float32, so does the number.
 *
 * @param bytes text
 * @param start where the field starts
 * @param limit a number of more than 15 digits that exceeds this is left to a slower reader
 * @param result receives the number
 * @returns the position after the field, or −1 if it is not a decimal or this method cannot read it exactly
 */
export function scanDecimal(bytes: Uint8Array, start: number, limit: number, result: { value: number }): number {
  let position = start;
  while (bytes[position] === SPACE) position++;
  const negative = bytes[position] === MINUS;
  if (negative || bytes[position] === PLUS) position++;
  let value = 0;
  let digits = 0;
  let power = 0;
  let digit = (bytes[position] as number) - ZERO;
  for (; digit >= 0 && digit <= 9; digits++) {
    value = value * 10 + digit;
    digit = (bytes[++position] as number) - ZERO;
  }
  if (bytes[position] === POINT) {
    digit = (bytes[++position] as number) - ZERO;
    for (; digit >= 0 && digit <= 9; digits++, power--) {
      value = value * 10 + digit;
      digit = (bytes[++position] as number) - ZERO;
    }
  }
  if (digits === 0 || digits > MAX_DIGITS) return -1;
  if (((bytes[position] as number) | SPACE) === LOWER_E) {
    const down = bytes[++position] === MINUS;
    if (down || bytes[position] === PLUS) position++;
    let exponent = 0;
    let places = 0;
    digit = (bytes[position] as number) - ZERO;
    for (; digit >= 0 && digit <= 9; places++) {
      exponent = exponent * 10 + digit;
      digit = (bytes[++position] as number) - ZERO;
    }
    if (places === 0 || places > 3) return -1;
    power += down ? -exponent : exponent;
  }
  if (power < 1 - powersOfTen.length || power >= powersOfTen.length) return -1;
  value = power < 0 ? value / (powersOfTen[-power] as number) : value * (powersOfTen[power] as number);
  if (digits > EXACT_DIGITS) {
    if (value > limit || Math.fround(value * (1 - RELATIVE_ERROR)) !== Math.fround(value * (1 + RELATIVE_ERROR)))
      return -1;
  }
  while (bytes[position] === SPACE) position++;
  result.value = negative ? -value : value;
  return position;
}
