import { InputError, quotedList } from '@lrfind/core';
import { columnIndex, type TableLayout } from '../table.js';

/** Which columns are targets, and which are no features. */
export interface RoleOptions {
  /** The target column, or the columns in the order of the model's outputs. Default: the last column. */
  readonly target?: string | readonly string[] | undefined;
  /** Columns that are neither features nor targets, such as an identifier. Default: none. */
  readonly ignore?: readonly string[] | undefined;
  /** The column that says what each row weighs in the loss; it is no feature. Default: every row weighs 1. */
  readonly sampleWeight?: string | undefined;
}

/** Indices of columns by what they are used for. */
export interface ColumnRoles {
  readonly targets: readonly number[];
  readonly ignored: readonly number[];
  /** Undefined where no column weighs rows. */
  readonly weight: number | undefined;
  /** All others. */
  readonly features: readonly number[];
}

/**
 * Decides what each column is used for.
 *
 * @throws InputError for a column that does not exist or has two uses, and where no feature is left
 */
export function columnRoles(table: TableLayout, options: RoleOptions): ColumnRoles {
  const targets = targetColumns(table, options.target);
  const ignored = ignoredColumns(table, options.ignore ?? [], targets);
  const { sampleWeight } = options;
  const weight =
    sampleWeight === undefined ? undefined : sampleWeightColumn(table, sampleWeight, [...targets, ...ignored]);
  const unused = new Set([...targets, ...ignored, ...(weight === undefined ? [] : [weight])]);
  const features = table.columns.map((_, column) => column).filter((column) => !unused.has(column));
  if (features.length === 0) {
    const advice = table.columns.length === 1 ? '; is the delimiter another one?' : '';
    throw new InputError(
      `${table.source} must have a feature column besides its targets, ${namesOf(table, targets)}; got none${advice}`,
    );
  }
  return { targets, ignored, weight, features };
}

/**
 * The same for a table that is read like another one: columns that either table does not have have no use here. Which of them
 * must be there is checked when the table is encoded.
 *
 * @param like the other table
 */
export function columnRolesLike(table: TableLayout, like: TableLayout, options: RoleOptions): ColumnRoles {
  const { target = like.columns.at(-1)?.name ?? '', ignore = [], sampleWeight } = options;
  const indexOf = (name: string) => table.columns.findIndex((column) => column.name === name);
  const targets = [target].flat().flatMap((name) => (indexOf(name) < 0 ? [] : [indexOf(name)]));
  const weight = sampleWeight === undefined || indexOf(sampleWeight) < 0 ? undefined : indexOf(sampleWeight);
  const known = new Set(like.columns.map(({ name }) => name));
  const roles = { targets, ignored: [] as number[], weight, features: [] as number[] };
  for (const [column, { name }] of table.columns.entries()) {
    if (targets.includes(column) || column === weight) continue;
    (known.has(name) && !ignore.includes(name) ? roles.features : roles.ignored).push(column);
  }
  return roles;
}

/** The names of columns, in quotation marks. */
export function namesOf(table: TableLayout, columns: readonly number[]): string {
  return quotedList(columns.map((column) => table.columns[column]?.name ?? ''));
}

function targetColumns(table: TableLayout, target: RoleOptions['target']): number[] {
  if (target === undefined) return [table.columns.length - 1];
  const wanted = typeof target === 'string' ? [target] : target;
  const all = table.columns.map(({ name }) => name);
  const chosen = wanted.map((name) => columnIndex(table.source, all, name, 'target'));
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (chosen.length === 0) throw new InputError('target must name at least one column; got none');
  if (twice !== undefined) throw new InputError(`target must name each column once; got "${twice}" twice`);
  return chosen;
}

function ignoredColumns(table: TableLayout, ignore: readonly string[], targets: readonly number[]): number[] {
  const all = table.columns.map(({ name }) => name);
  const columns = ignore.map((name) => columnIndex(table.source, all, name, 'ignore'));
  const both = columns.find((column) => targets.includes(column));
  if (both !== undefined) throw new InputError(`ignore must not name the target; got ${namesOf(table, [both])}`);
  return columns;
}

function sampleWeightColumn(table: TableLayout, name: string, used: readonly number[]): number {
  const all = table.columns.map((column) => column.name);
  const column = columnIndex(table.source, all, name, 'sampleWeight');
  if (used.includes(column))
    throw new InputError(`sampleWeight must not name a target or an ignored column; got "${name}"`);
  return column;
}
