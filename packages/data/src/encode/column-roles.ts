import { InputError, quotedList } from '@lrfind/core';
import type { ModelShape } from '../shapes.js';
import type { NamedLayout, TableLayout } from '../table.js';
import { columnsNamed, defaultTarget, inInputOrder } from './named-columns.js';

/** Which columns are targets, and which are no features. */
export interface RoleOptions {
  /** The target column, or the columns in the order of the model's outputs. Default: the last column. */
  readonly target?: string | readonly string[] | undefined;
  /** Columns that are neither features nor targets, such as an identifier. Default: none. */
  readonly ignore?: readonly string[] | undefined;
  /** The column that says what each row weighs in the loss; it is no feature. Default: every row weighs 1. */
  readonly sampleWeight?: string | undefined;
}

/** The shape of no model: its output has no name, so that no array of a file is called like it. */
const NO_MODEL: ModelShape = { inputs: [], outputs: [{ name: '', shape: [1], activation: null }] };

/** What the columns of a table are used for, by their indices. */
export interface ColumnRoles {
  readonly targets: readonly number[];
  readonly ignored: readonly number[];
  /** The column of weights, if there is one. */
  readonly weightColumn: number | undefined;
  /** All others, at least one. */
  readonly features: readonly number[];
  /** What was chosen, ignored and weighted, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Decides what each column is used for.
 *
 * @param model whose inputs and outputs may name arrays of the table; none by default
 * @param pastIsEnough whether a table may have no features besides the target, as a series of one column
 * @throws InputError for an unknown column, for one that is named for two uses, and where none is left as a feature
 */
export function columnRoles(
  table: NamedLayout,
  { target: wanted, ignore = [], sampleWeight }: RoleOptions,
  model: ModelShape = NO_MODEL,
  pastIsEnough = false,
): ColumnRoles {
  const target = targetNames(table, model, wanted);
  const targets = targetColumns(table, target.names);
  const ignored = ignoredColumns(table, ignore, targets);
  const weightColumn =
    sampleWeight === undefined ? undefined : sampleWeightColumn(table, sampleWeight, [...targets, ...ignored]);
  const unused = new Set([...targets, ...ignored, weightColumn]);
  const rest = table.columns.map((_, column) => column).filter((column) => !unused.has(column));
  const features = inInputOrder(table, rest, model);
  if (features.length === 0 && !pastIsEnough) {
    const advice = table.columns.length === 1 ? '; is the delimiter another one?' : '';
    throw new InputError(
      `${table.source} must have a feature column besides its targets, ${namesOf(table, targets)}; got none${advice}`,
    );
  }
  const chosen = `target ${quotedList(target.names)}${target.why}`;
  const left = ignored.length > 0 ? [`ignored ${namesOf(table, ignored)}`] : [];
  const weighted = sampleWeight === undefined ? [] : [`rows weighted by "${sampleWeight}"`];
  return { targets, ignored, weightColumn, features, notes: [...(table.notes ?? []), chosen, ...left, ...weighted] };
}

/**
 * The same for a table that is read like another one: columns that either table does not have have no use here. Which of them
 * must be there is checked when the table is encoded.
 *
 * @param like the other table
 */
export function columnRolesLike(table: TableLayout, like: NamedLayout, options: RoleOptions): ColumnRoles {
  const { target = defaultTarget(like, NO_MODEL).names, ignore = [], sampleWeight } = options;
  const indexOf = (name: string) => table.columns.findIndex((column) => column.name === name);
  const targets = [target].flat().flatMap((name) => (indexOf(name) < 0 ? [] : [indexOf(name)]));
  const weight = sampleWeight === undefined || indexOf(sampleWeight) < 0 ? undefined : indexOf(sampleWeight);
  const known = new Set(like.columns.map(({ name }) => name));
  const roles = { targets, ignored: [] as number[], weightColumn: weight, features: [] as number[], notes: [] };
  for (const [column, { name }] of table.columns.entries()) {
    if (targets.includes(column) || column === weight) continue;
    (known.has(name) && !ignore.includes(name) ? roles.features : roles.ignored).push(column);
  }
  return roles;
}

function targetNames(table: NamedLayout, model: ModelShape, target: RoleOptions['target']) {
  if (target === undefined) return defaultTarget(table, model);
  return { names: typeof target === 'string' ? [target] : target, why: '' };
}

function targetColumns(table: NamedLayout, wanted: readonly string[]): number[] {
  const chosen = wanted.flatMap((name) => columnsNamed(table, name, 'target'));
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (chosen.length === 0) throw new InputError('target must name at least one column; got none');
  if (twice !== undefined) throw new InputError(`target must name each column once; got "${twice}" twice`);
  return chosen;
}

function ignoredColumns(table: NamedLayout, ignore: readonly string[], targets: readonly number[]): number[] {
  const columns = ignore.flatMap((name) => columnsNamed(table, name, 'ignore'));
  const both = columns.find((column) => targets.includes(column));
  if (both !== undefined) throw new InputError(`ignore must not name the target; got ${namesOf(table, [both])}`);
  return columns;
}

function sampleWeightColumn(table: NamedLayout, name: string, used: readonly number[]): number {
  const [column, ...others] = columnsNamed(table, name, 'sampleWeight') as [number, ...number[]];
  if (others.length > 0)
    throw new InputError(`sampleWeight must name one column; got "${name}" with ${others.length + 1}`);
  if (used.includes(column))
    throw new InputError(`sampleWeight must not name a target or an ignored column; got "${name}"`);
  return column;
}

function namesOf({ columns }: TableLayout, indices: readonly number[]): string {
  return quotedList(indices.map((column) => columns[column]?.name ?? ''));
}
