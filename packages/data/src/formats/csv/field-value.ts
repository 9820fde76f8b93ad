/**
 * The markers that pandas takes for a missing value, and `?`, with which the tables of the UCI repository mark one. An
 * empty field is missing too.
 */
const markers = [
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>'],
  ...['N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null', '?'],
];
const usual: ReadonlySet<string> = new Set(markers);
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(?:inf|infinity)$/i;

/**
 * A place for a message: `row 12 (line 13)`, counting rows from 1 after the header.
 *
 * @param row index of the row, from 0
 * @param line the line on which it starts, from 1
 */
export function rowName(row: number, line: number): string {
  return `row ${row + 1} (line ${line})`;
}

/**
 * The texts that stand for a missing value.
 *
 * @param more those of the caller beside the usual ones
 */
export function missingMarkers(more: readonly string[] = []): ReadonlySet<string> {
  return more.length === 0 ? usual : new Set([...markers, ...more.map((text) => text.trim())]);
}

/** Whether a field is a decimal number; sign, fraction and exponent are optional. */
export function isDecimal(text: string): boolean {
  return decimal.test(text);
}

/** Whether a field is infinity in words, or a number too large for double precision. */
export function isNotFinite(text: string): boolean {
  return notFinite.test(text) || (isDecimal(text) && !Number.isFinite(Number(text)));
}
