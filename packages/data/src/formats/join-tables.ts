import { InputError, quotedList, wordList } from '@lrfind/core';
import type { Column, Table, TableLayout } from '../table.js';
import { sortCategories } from './csv/column-values.js';

/**
 * Joins tables of the same columns row-wise, such as the shards of one table. Categories are those of all.
 *
 * @param source what messages call the whole
 * @param tables at least one; their columns may be in any order
 * @throws InputError naming two tables, where one has a column that the other lacks
 */
export function joinTables(source: string, tables: readonly Table[]): Table {
  const [first] = tables as [Table, ...Table[]];
  const names = first.columns.map(({ name }) => name);
  const places = tables.map((table) => columnPlaces(first, table));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const values = new Float32Array(rows * names.length);
  const exact = names.map((_, column) => {
    const wide = tables.some((table, t) => table.columns[places[t]?.[column] as number]?.exact);
    return wide ? new Float64Array(rows) : undefined;
  });
  const categories = names.map((_, column) => {
    const all = tables.flatMap((table, t) => table.columns[places[t]?.[column] as number]?.categories ?? []);
    return first.columns[column]?.kind === 'text' ? sortCategories([...new Set(all)]) : undefined;
  });
  const starts: number[] = [];
  let start = 0;
  for (const [t, table] of tables.entries()) {
    starts.push(start);
    for (let column = 0; column < names.length; column++)
      copyColumn(
        table,
        places[t]?.[column] as number,
        { values, width: names.length, column, start },
        categories[column],
        exact[column],
      );
    start += table.rows;
  }
  const columns = first.columns.map(
    ({ name, kind }, column): Column => ({
      ...{ name, kind },
      ...(categories[column] && { categories: categories[column] }),
      ...(exact[column] && { exact: exact[column] }),
    }),
  );
  const place = (row: number) => {
    const t = starts.findLastIndex((from) => row >= from);
    return `${tables[t]?.place(row - (starts[t] as number))} of ${fileName(tables[t]?.source ?? '')}`;
  };
  const files = wordList(tables.map((table) => fileName(table.source)));
  const notes = [`read ${tables.length} files: ${files}`, ...new Set(tables.flatMap((table) => table.notes ?? []))];
  return { ...first, source, rows, columns, values, place, notes };
}

/** Where a joined column lies. */
interface Joined {
  readonly values: Float32Array;
  readonly width: number;
  readonly column: number;
  /** The row at which the table's rows start. */
  readonly start: number;
}

function copyColumn(
  table: Table,
  from: number,
  to: Joined,
  categories: readonly string[] | undefined,
  exact: Float64Array | undefined,
): void {
  const width = table.columns.length;
  const own = table.columns[from] as Column;
  const index = categories && new Map(categories.map((name, code) => [name, code]));
  const codes = index && own.categories?.map((name) => index.get(name) as number);
  for (let row = 0; row < table.rows; row++) {
    const value = table.values[row * width + from] as number;
    to.values[(to.start + row) * to.width + to.column] =
      codes && !Number.isNaN(value) ? (codes[value] as number) : value;
    if (exact) exact[to.start + row] = own.exact ? (own.exact[row] as number) : value;
  }
}

/**
 * For each column of the first table its index in another one.
 *
 * @throws InputError naming both, where one has a column that the other lacks
 */
export function columnPlaces(first: TableLayout, table: TableLayout): number[] {
  const own = table.columns.map(({ name }) => name);
  const wanted = first.columns.map(({ name }) => name);
  const lacking = wanted.filter((name) => !own.includes(name));
  const extra = own.filter((name) => !wanted.includes(name));
  if (lacking.length === 0 && extra.length === 0) return wanted.map((name) => own.indexOf(name));
  const difference = [
    ...(lacking.length > 0 ? [`lacks ${quotedList(lacking)}`] : []),
    ...(extra.length > 0 ? [`has ${quotedList(extra)} beside them`] : []),
  ];
  throw new InputError(`${table.source} must have the columns of ${first.source}; it ${difference.join(' and ')}`);
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.replace(/^.*[/\\]/, '');
}
