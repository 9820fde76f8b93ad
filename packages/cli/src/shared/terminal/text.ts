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
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), 0),
  );
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

/** Columns of a line where stdout is no terminal. */
const PLAIN_COLUMNS = 120;

/** How many letters a line of stdout has room for: those of the terminal, 120 in a file or pipe. */
export function terminalColumns(): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : PLAIN_COLUMNS;
}

/** A text of at most so many letters; a longer one ends in an ellipsis. */
export function clipped(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`;
}
