import { seededRandom } from '@lrfind/core';
import type { TableDescription } from '@lrfind/core/results';
import { columnReader, type Table } from '../table.js';
import { shortestDecimal } from './shortest-decimal.js';

/**
 * The first rows of a table, and as many of the others, drawn at random, in their order.
 *
 * @param count of each, at least 0
 * @param seed decides which are drawn
 */
export function exampleRows(table: Table, count: number, seed: number): TableDescription['examples'] {
  const first = Math.min(count, table.rows);
  const drawn = new Set<number>();
  const others = table.rows - first;
  const random = seededRandom(seed, 'examples');
  while (drawn.size < Math.min(count, others)) drawn.add(first + Math.floor(random() * others));
  const rows = [...Array.from({ length: first }, (_, row) => row), ...[...drawn].toSorted((a, b) => a - b)];
  const readers = table.columns.map((_, column) => columnReader(table, column));
  return rows.map((row) => ({
    row: row + 1,
    values: readers.map((read, column) => {
      const value = read(row);
      if (Number.isNaN(value)) return null;
      const { categories, exact } = table.columns[column] as Table['columns'][number];
      // The shortest number that is the same in float32 is the one in the file.
      return categories?.[value] ?? (exact ? value : shortestDecimal(value));
    }),
  }));
}
