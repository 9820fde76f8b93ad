import type { ComponentChildren } from 'preact';

/** A column of a table. */
export interface Column {
  title: string;
  /** Whether its cells are numbers, which align right. */
  numeric?: boolean;
}

/** A table with a caption; the first cell of each row names the row. */
export function DataTable({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly ComponentChildren[])[];
}) {
  const className = (column: number) => (columns[column]?.numeric ? 'number' : undefined);
  return (
    // A table wider than a phone scrolls in its frame, also by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div class="scroll" role="group" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title }, i) => (
              <th key={title} scope="col" class={className(i)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr>
              <th scope="row" class={className(0)}>
                {name}
              </th>
              {cells.map((cell, i) => (
                <td class={className(i + 1)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * Some rows of a long table, evenly spaced, with the first and the last.
 *
 * @param most about how many rows to show
 * @returns the rows, and a note for the caption on those left out
 */
export function everyNth<Row>(rows: readonly Row[], most: number): { rows: Row[]; note: string } {
  const every = Math.ceil(rows.length / most);
  return {
    rows: rows.filter((_, i) => i % every === 0 || i === rows.length - 1),
    note: every > 1 ? `; one row in ${every} is shown` : '',
  };
}
