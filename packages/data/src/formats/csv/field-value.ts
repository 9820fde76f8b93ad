const missing = new Set(['', 'NA', 'N/A', 'null', 'NULL', '?']);
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/** Names a place for a message: `row 12 (line 13)`. Rows are counted from 1 after the header. */
export function rowName(row: number, line: number): string {
  return `row ${row + 1} (line ${line})`;
}

/** Whether a field says that its value is missing: it is empty or one of NA, N/A, null, NULL and ?. */
export function isMissing(text: string): boolean {
  return missing.has(text);
}

/** Whether a field is a decimal number, with or without sign, fraction and exponent. */
export function isDecimal(text: string): boolean {
  return decimal.test(text);
}

/** Whether a field spells NaN or infinity, or is a number too large for double precision. */
export function isNotFinite(text: string): boolean {
  return notFinite.test(text) || (isDecimal(text) && !Number.isFinite(Number(text)));
}
