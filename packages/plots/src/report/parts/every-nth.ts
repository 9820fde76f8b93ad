/**
 * Rows that are shown of a long table: the first, every so many after it, and the last.
 *
 * @param most about how many are shown
 * @returns the rows, and what the caption says of those left out
 */
export function everyNth<Row>(rows: readonly Row[], most: number): { rows: Row[]; note: string } {
  const every = Math.ceil(rows.length / most);
  return {
    rows: rows.filter((_, i) => i % every === 0 || i === rows.length - 1),
    note: every > 1 ? `; one row in ${every} is shown` : '',
  };
}
