import { stripVTControlCharacters } from 'node:util';
import { measureText } from '@lrfind/core';
import type { Measures } from '@lrfind/core/results';

/** Loss and metrics in a line: `loss 0.2314   accuracy 0.9317`. */
export function measuresText({ loss, metrics }: Measures, prefix = ''): string {
  return [['loss', loss] as const, ...Object.entries(metrics)]
    .map(([name, value]) => `${prefix}${name} ${measureText(value)}`)
    .join('   ');
}

/**
 * Rows of cells as lines: each column as wide as its widest cell, three spaces between columns. Below a header the numbers of a
 * column stand with their points under each other.
 *
 * @param header the titles of the columns, as the first line; default: there is none
 */
export function textTable(rows: readonly (readonly string[])[], header?: readonly string[]): string[] {
  const columns = (header ?? rows[0] ?? []).map((title, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    return header ? [title, ...pointsAligned(cells)] : cells;
  });
  const widths = columns.map((cells) => Math.max(0, ...cells.map(visibleLength)));
  return Array.from({ length: rows.length + (header ? 1 : 0) }, (_, row) =>
    columns
      .map((cells, i) => (cells[row] ?? '') + ' '.repeat((widths[i] as number) - visibleLength(cells[row] ?? '')))
      .join('   ')
      .trimEnd(),
  );
}

/** The letters of a text that a terminal shows. */
function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Cells with spaces in front, so that their points are under each other; as they are where one has no number. */
function pointsAligned(cells: readonly string[]): readonly string[] {
  // With an exponent or a multiple, a place has no meaning.
  const wholes = cells.map(
    (cell) => /^[+−-]?[\d,]+(?=$|\.\d+(?!\d*e)| )/.exec(stripVTControlCharacters(cell))?.[0].length,
  );
  if (cells.some((cell, i) => cell !== '' && wholes[i] === undefined)) return cells;
  const widest = Math.max(...wholes.map((length) => length ?? 0));
  return cells.map((cell, i) => (cell === '' ? '' : ' '.repeat(widest - (wholes[i] as number)) + cell));
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
