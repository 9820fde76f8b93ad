import type { Table } from '../table.js';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Makes missing what equals a marker that is a number, however it is written: with `-999`, so is `-999.0`.
 *
 * @param table of any format; its values are changed in place
 * @param markers of the caller; those that are no numbers are the reader's part
 */
export function withoutMarkers(table: Table, markers: readonly string[]): Table {
  const numbers = new Set(markers.filter((text) => decimal.test(text.trim())).map(Number));
  if (numbers.size === 0) return table;
  const rounded = new Set([...numbers].map(Math.fround));
  const { values, rows, columns } = table;
  const width = columns.length;
  for (const [column, { kind, exact }] of columns.entries()) {
    if (kind === 'text') continue;
    for (let row = 0; row < rows; row++) {
      const at = row * width + column;
      if (exact ? !numbers.has(exact[row] as number) : !rounded.has(values[at] as number)) continue;
      values[at] = Number.NaN;
      if (exact) exact[row] = Number.NaN;
    }
  }
  return table;
}
