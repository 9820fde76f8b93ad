import { InputError, counted, quotedList, wordList } from '@lrfind/core';
import { type Column, columnHint, type Table, type TableLayout } from '../table.js';

/** Where a column comes from and where it goes. */
interface Move {
  readonly from: number;
  readonly to: number;
  readonly column: Column;
  /** Only for text: for each of its categories the index among `column.categories`. */
  readonly codes?: Int32Array;
}

/**
 * Gives a table the columns of another one, in its order. A text column's categories are those of the other table, and
 * after them the ones that only this table has.
 *
 * @param table the table
 * @param first the other one
 * @param wanted indices of the other table's columns that are needed; the rest is left empty
 * @returns the table anew, and which of its columns were left out
 * @throws InputError for a column that is missing, or holds numbers where the other holds text or text where it holds numbers
 */
export function alignColumns(
  table: Table,
  first: TableLayout,
  wanted: readonly number[],
): { readonly table: Table; readonly notes: string[] } {
  const moves = wanted.map((to) => moveTo(table, first, to));
  const width = first.columns.length;
  const values = new Float32Array(table.rows * width).fill(Number.NaN);
  for (let row = 0; row < table.rows; row++) {
    for (const { from, to, codes } of moves) {
      const value = table.values[row * table.columns.length + from] as number;
      values[row * width + to] = codes && !Number.isNaN(value) ? (codes[value] as number) : value;
    }
  }
  const columns: Column[] = first.columns.map(({ name }) => ({ name, kind: 'number' }));
  for (const { to, column } of moves) columns[to] = column;
  const extra = extraNames(table, first);
  const notes = extra.length > 0 ? [`ignored ${quotedList(extra)}, which ${first.source} does not have`] : [];
  return { table: { ...table, columns, values }, notes };
}

function extraNames(table: Table, first: TableLayout): string[] {
  const known = new Set(first.columns.map(({ name }) => name));
  return table.columns.map(({ name }) => name).filter((name) => !known.has(name));
}

function moveTo(table: Table, first: TableLayout, to: number): Move {
  const { name, kind, categories: known } = first.columns[to] as Column;
  const from = table.columns.findIndex((column) => column.name === name);
  if (from < 0) {
    const names = table.columns.map((column) => column.name);
    const hint = columnHint(names, name, extraNames(table, first));
    throw new InputError(`${table.source} has no column "${name}", which ${first.source} has; ${hint}`);
  }
  const column = table.columns[from] as Column;
  if (column.kind !== kind) {
    throw new InputError(
      `${table.source}: column "${name}" was read as ${words(column)}, that of ${first.source} as ${words({ kind })}: ` +
        'read the table with the first one as the option like',
    );
  }
  if (!known || !column.categories) return { from, to, column };
  const categories = [...new Set([...known, ...column.categories])];
  const place = new Map(categories.map((text, code) => [text, code]));
  const codes = Int32Array.from(column.categories, (text) => place.get(text) as number);
  return { from, to, column: { name, kind, categories }, codes };
}

function words({ kind }: Pick<Column, 'kind'>): string {
  return kind === 'text' ? 'text' : 'numbers';
}

/**
 * Says which categories a table has that the other one, whose layout it was given, does not have.
 *
 * @param table from `alignColumns`
 * @param first the other table
 * @param features indices of the feature columns
 * @param rows indices of the usable rows
 * @returns a sentence for each column with such categories: in how many rows, and which how often
 */
export function newCategories(
  table: Table,
  first: TableLayout,
  features: readonly number[],
  rows: Int32Array,
): string[] {
  const width = table.columns.length;
  return features.flatMap((column) => {
    const { name, categories = [] } = table.columns[column] as Column;
    const known = first.columns[column]?.categories?.length ?? 0;
    if (categories.length === known) return [];
    const counts = new Map<string, number>();
    for (const row of rows) {
      const code = table.values[row * width + column] as number;
      if (code >= known) counts.set(categories[code] as string, (counts.get(categories[code] as string) ?? 0) + 1);
    }
    if (counts.size === 0) return [];
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const which = wordList([...counts].map(([text, count]) => `"${text}" (${count})`));
    return [
      `${counted(total, 'row')} one-hot encoded as all zeros, as "${name}" in ${first.source} has no such category: ${which}`,
    ];
  });
}
