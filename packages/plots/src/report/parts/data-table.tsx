import type { ComponentChildren } from 'preact';

/** A column of a table. */
export interface Column {
  title: string;
  /** whether its cells are numbers, which stand flush right */
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
  const look = (column: number) => (columns[column]?.numeric ? 'number' : undefined);
  return (
    // A table that is wider than a phone is moved within its frame, also by the keys.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <div class="scroll" role="group" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title }, i) => (
              <th key={title} scope="col" class={look(i)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr>
              <th scope="row" class={look(0)}>
                {name}
              </th>
              {cells.map((cell, i) => (
                <td class={look(i + 1)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
