import { counted, InputError, quotedList, wordList } from '@lrfind/core';
import { areBooleans } from '../booleans.js';
import { type Column, columnHint, type Table, type TableLayout } from '../table.js';

/** How a column of one table becomes a column of the aligned table. */
interface ColumnMapping {
  readonly from: number;
  readonly to: number;
  readonly column: Column;
  /** Only for text: for each category of the source column, its index among `column.categories`. */
  readonly codes?: Int32Array;
}

/**
 * Gives a table the columns of the fitted table, in the fitted table's order. A text column gets the fitted table's
 * categories, followed by those that only this table has.
 *
 * @param table the table
 * @param fitted the table on which the encoding was fitted
 * @param wanted indices of the fitted table's columns that are needed; the others are left empty
 * @returns the aligned table, without what is known of other rows than its own, and a note about columns that were left out
 * @throws InputError for a column that is missing, or that holds numbers in one table and text in the other
 */
export function alignColumns(
  table: Table,
  fitted: TableLayout,
  wanted: readonly number[],
): { readonly table: Table; readonly notes: string[] } {
  const places = new Map(table.columns.map(({ name }, column) => [name, column]));
  const mappings = wanted.map((to) => mapColumn(table, fitted, to, places));
  const width = fitted.columns.length;
  const values = new Float32Array(table.rows * width).fill(Number.NaN);
  for (let row = 0; row < table.rows; row++) {
    for (const { from, to, codes } of mappings) {
      const value = table.values[row * table.columns.length + from] as number;
      values[row * width + to] = codes && !Number.isNaN(value) ? (codes[value] as number) : value;
    }
  }
  const columns: Column[] = fitted.columns.map(({ name }) => ({ name, kind: 'number' }));
  for (const { to, column } of mappings) columns[to] = column;
  const extra = extraNames(table, fitted);
  const notes = extra.length > 0 ? [`ignored ${quotedList(extra)}, which ${fitted.source} does not have`] : [];
  return { table: { ...table, columns, values, whole: undefined }, notes };
}

function extraNames(table: Table, fitted: TableLayout): string[] {
  const known = new Set(fitted.columns.map(({ name }) => name));
  return table.columns.map(({ name }) => name).filter((name) => !known.has(name));
}

function mapColumn(table: Table, fitted: TableLayout, to: number, places: ReadonlyMap<string, number>): ColumnMapping {
  const { name, kind, categories: known } = fitted.columns[to] as Column;
  const from = places.get(name);
  if (from === undefined) {
    const names = table.columns.map((column) => column.name);
    const hint = columnHint(names, name, extraNames(table, fitted));
    throw new InputError(`${table.source} has no column "${name}", which ${fitted.source} has; ${hint}`);
  }
  const column = table.columns[from] as Column;
  if (column.kind !== kind) {
    throw new InputError(
      `${table.source}: column "${name}" must be ${kindText(kind)}, as in ${fitted.source}; got ${kindText(column.kind)}; ` +
        'read the table with the other one as the option like',
    );
  }
  if (!known || !column.categories) return { from, to, column };
  const categories = [...new Set([...known, ...column.categories])];
  const index = new Map(categories.map((text, code) => [text, code]));
  const codes = Int32Array.from(column.categories, (text) => index.get(text) as number);
  return { from, to, column: { name, kind, categories }, codes };
}

function kindText(kind: Column['kind']): string {
  return kind === 'text' ? 'text' : 'numbers';
}

/**
 * Lists the categories of a table that the fitted table does not have.
 *
 * @param table from `alignColumns`
 * @param fitted the table on which the encoding was fitted
 * @param features indices of the feature columns
 * @param rows indices of the usable rows
 * @returns a sentence for each column with such categories: how many rows have one, and how often each occurs
 * @throws InputError for such a category in a column of booleans
 */
export function newCategories(
  table: Table,
  fitted: TableLayout,
  features: readonly number[],
  rows: Int32Array,
): string[] {
  const width = table.columns.length;
  return features.flatMap((column) => {
    const { name, categories = [] } = table.columns[column] as Column;
    const known = fitted.columns[column]?.categories?.length ?? 0;
    if (categories.length === known) return [];
    const counts = new Map<string, number>();
    for (const row of rows) {
      const code = table.values[row * width + column] as number;
      if (code >= known) counts.set(categories[code] as string, (counts.get(categories[code] as string) ?? 0) + 1);
    }
    if (counts.size === 0) return [];
    if (areBooleans(fitted.columns[column]?.categories)) failBoolean(table, fitted, column, rows);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const which = wordList([...counts].map(([text, count]) => `"${text}" (${count})`));
    return [
      `${counted(total, 'row')} one-hot encoded as all zeros, as "${name}" in ${fitted.source} has no such category: ${which}`,
    ];
  });
}

/** A column of booleans is a number of the model, which has none for a third word. */
function failBoolean(table: Table, fitted: TableLayout, column: number, rows: Int32Array): never {
  const { name, categories = [] } = table.columns[column] as Column;
  const width = table.columns.length;
  const row = rows.find((each) => (table.values[each * width + column] as number) >= 2) as number;
  const got = categories[table.values[row * width + column] as number];
  const allowed = quotedList(fitted.columns[column]?.categories ?? []);
  throw new InputError(
    `${table.source}: ${table.place(row)}, column "${name}" must be one of ${allowed}, as in ${fitted.source}; got "${got}"`,
  );
}
