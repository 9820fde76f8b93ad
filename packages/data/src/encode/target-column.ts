import { columnReader, type Table } from '../table.js';

/** A column of a target, read row by row. */
export interface TargetColumn {
  /** The file, for messages. */
  readonly source: string;
  readonly name: string;
  /** Only for text: the words that `at` gives the index of. */
  readonly categories?: readonly string[];
  /** Where the rows are a sample: the different numbers in all rows, ascending, unless there are too many. */
  readonly labels?: readonly number[];
  /** Where the rows are a sample: the mean and the standard deviation of the numbers in all rows. */
  readonly moments?: { readonly mean: number; readonly deviation: number };
  /** Whether the categories are classes in their order, also where they look like numbers. */
  readonly areClasses?: boolean;
  /** The value in the i-th usable row: a number, or the index of a category. */
  readonly at: (i: number) => number;
  /** The place of this column in the i-th usable row, for messages. */
  readonly place: (i: number) => string;
}

/**
 * Reads a column of a table as a target.
 *
 * @param table the table
 * @param column its index
 * @param rows indices of the usable rows
 */
export function targetColumn(table: Table, column: number, rows: Int32Array): TargetColumn {
  const { source } = table;
  const { name, categories, areClasses = false } = table.columns[column] as Table['columns'][number];
  const read = columnReader(table, column);
  const place = (i: number) => `${source}: ${table.place(rows[i] as number)}, column "${name}"`;
  const labels = table.whole && (categories?.map(Number) ?? table.whole.labels.get(column));
  const { mean, deviation } = table.whole?.statistics ?? {};
  const moments = !categories && mean && deviation ? { mean: mean[column], deviation: deviation[column] } : undefined;
  return {
    source,
    name,
    ...(categories && { categories, areClasses }),
    ...(labels && { labels }),
    ...(moments && { moments: moments as NonNullable<TargetColumn['moments']> }),
    at: (i) => read(rows[i] as number),
    place,
  };
}
