// Text of numbers and lists: plain for terminals and messages, typeset for charts and pages.

/**
 * A learning rate in plain text: `0.0031`, `3.1e-5`, `12`.
 *
 * @param digits significant digits; trailing zeros are left out
 */
export function rateText(rate: number, digits = 3): string {
  const rounded = Number(rate.toPrecision(digits));
  if (rounded === 0) return '0';
  const size = Math.abs(rounded);
  return size >= 1e-3 && size < 1e5 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

/** A count with thousands separators: `60,000`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count with thousands separators and its noun: `1 step`, `12,000 steps`. */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number of bytes with three significant digits, in units of 1000: `12 bytes`, `1.5 MB`, `2.2 TB`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}

/** A loss or metric in plain text with four significant digits: `0.4300`, `1.234e-5`; `not finite` for null. */
export function measureText(value: number | null): string {
  if (value === null) return 'not finite';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3) : value.toPrecision(4);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * A power of ten, typeset: `10⁻⁵`.
 *
 * @param exponent a whole number
 */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] as string)}`;
}

/**
 * A number, typeset: `0.0032`, `32`, `3.2×10⁻⁵`, `−4`.
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

/**
 * A count and its noun: `1 row`, `3 rows`.
 *
 * @param noun in the singular; its plural must end in s
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Names in quotes: `"age" and "size"`, or `"a", "b", "c" and 4 more` when there are many.
 *
 * @param most names, or `… more`, in the text
 */
export function quotedList(names: readonly string[], most = 6): string {
  return wordList(
    names.map((name) => `"${name}"`),
    most,
  );
}

/**
 * A list in words: `a`, `a and b`, or `a, b, c and 4 more` when there are many.
 *
 * @param most words, or `… more`, in the text
 */
export function wordList(words: readonly string[], most = 6): string {
  if (words.length <= 1) return words.join('');
  const shown = words.length <= most ? words.slice(0, -1) : words.slice(0, most - 1);
  const last = words.length <= most ? words.at(-1) : `${words.length - shown.length} more`;
  return `${shown.join(', ')} and ${last}`;
}

/**
 * Names as the value of a flag, to be copied into a shell: `a,b c` in double quotes, in single ones where a letter means something within
 * double ones. A comma within a name has a backslash.
 *
 * @param names of columns, or other texts
 */
export function flagList(names: readonly string[]): string {
  const text = names.map((name) => name.replaceAll(',', '\\,')).join(',');
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /["$`!]|\\[^,]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
