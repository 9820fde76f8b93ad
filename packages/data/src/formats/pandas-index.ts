import type { CellColumn } from './cells/cell.js';

/** The names that pandas gives to an index without a name. */
const unnamed = /^__index_level_\d+__$/;

/**
 * Leaves out the index that pandas stores as a column without a name: it numbers the rows.
 *
 * @param metadata what pandas wrote about the table, if it did
 * @returns the other columns, and a note
 */
export function withoutPandasIndex(
  columns: readonly CellColumn[],
  metadata: string | undefined | null,
): { columns: readonly CellColumn[]; notes: string[] } {
  const left = metadata ? columns.filter(({ name }) => unnamed.test(name)) : [];
  return {
    columns: columns.filter((column) => !left.includes(column)),
    notes: left.map(({ name }) => `left out "${name}", the index that pandas wrote`),
  };
}
