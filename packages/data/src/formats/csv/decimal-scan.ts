const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const SPACE = 32;
const LOWER_E = 101;

/** Up to here a double holds every sequence of digits exactly. */
export const EXACT_DIGITS = 15;
/** Powers of ten that a double holds exactly. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MOST_DIGITS = 30;
/**
 * A bound on the relative error of a longer number: each digit beyond the fifteenth rounds twice, the power once, so
 * that it is below 31 · 2⁻⁵³ = 3.5e-15.
 */
const ERROR = 1e-14;

/**
 * Reads a decimal from bytes without making a string of it, with sign, fraction, exponent and spaces around it. It
 * gives the float32 that `Math.fround(Number(text))` gives, and up to 15 digits the very double: then one division or
 * multiplication by an exact power of ten is all the rounding there is (Clinger, How to read floating point numbers
 * accurately, 1990). A longer number is rounded more often, but its error is bounded, and where both ends of the bound
 * round to the same float32, so does the number.
 *
 * @param bytes text
 * @param start where the field starts
 * @param limit a number with more than 15 digits and beyond this is left to a slower reader
 * @param result receives the number
 * @returns the position after the field, or −1 for what is no decimal or cannot be told exactly in this way
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
  if (digits === 0 || digits > MOST_DIGITS) return -1;
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
    if (value > limit || Math.fround(value * (1 - ERROR)) !== Math.fround(value * (1 + ERROR))) return -1;
  }
  while (bytes[position] === SPACE) position++;
  result.value = negative ? -value : value;
  return position;
}
