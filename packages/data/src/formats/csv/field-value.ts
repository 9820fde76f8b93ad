const missing = new Set(['', 'NA', 'N/A', 'null', 'NULL', '?']);
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/**
 * A place for a message: `row 12 (line 13)`, counting rows from 1 after the header.
 *
 * @param row index of the row, from 0
 * @param line the line on which it starts, from 1
 */
export function rowName(row: number, line: number): string {
  return `row ${row + 1} (line ${line})`;
}

/** Whether a field stands for a missing value: it is empty or one of NA, N/A, null, NULL and ?. */
export function isMissing(text: string): boolean {
  return missing.has(text);
}

/** Whether a field is a decimal number; sign, fraction and exponent are optional. */
export function isDecimal(text: string): boolean {
  return decimal.test(text);
}

/** Whether a field is NaN or infinity in words, or a number too large for double precision. */
export function isNotFinite(text: string): boolean {
  return notFinite.test(text) || (isDecimal(text) && !Number.isFinite(Number(text)));
}
