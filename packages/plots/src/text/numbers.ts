const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Ten to a whole power as it is written in print: `10⁻⁵`. */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => superscripts[Number(digit)] as string)}`;
}

/**
 * A number to be read in a picture: `0.0032`, `32`, `3.2×10⁻⁵`.
 *
 * @param digits significant digits; trailing zeros are left out
 */
export function numberText(value: number, digits = 2): string {
  if (value === 0) return '0';
  const [mantissa, exponent] = value
    .toExponential(digits - 1)
    .split('e')
    .map(Number) as [number, number];
  if (exponent >= -3 && exponent < 5) return String(Number(value.toPrecision(digits))).replace('-', '−');
  const sign = value < 0 ? '−' : '';
  return Math.abs(mantissa) === 1
    ? `${sign}${powerOfTen(exponent)}`
    : `${sign}${Math.abs(mantissa)}×${powerOfTen(exponent)}`;
}
