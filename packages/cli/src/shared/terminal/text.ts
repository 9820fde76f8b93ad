import { measureText } from '@lrfind/core';
import type { Measures } from '@lrfind/core/results';

/** Loss and metrics in a line: `loss 0.2314   accuracy 0.9317`. */
export function measuresText({ loss, metrics }: Measures, prefix = ''): string {
  return [['loss', loss] as const, ...Object.entries(metrics)]
    .map(([name, value]) => `${prefix}${name} ${measureText(value)}`)
    .join('   ');
}

/** Rows of cells as lines: each column as wide as its widest cell, three spaces between columns. */
export function textTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('   ')
      .trimEnd(),
  );
}

/** The parts of a summary, those that are empty left out, with an empty line between two. */
export function summaryText(parts: readonly string[]): string {
  return `\n${parts.filter(Boolean).join('\n\n')}\n\n`;
}
