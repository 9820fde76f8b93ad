import { counted, InputError, quotedList, wordList } from '@lrfind/core';
import { areBooleans } from '../booleans.js';
import { type Column, columnRuns, type RowCounts, type Table, type TableLayout } from '../table.js';

/**
 * What to do with a row in which a feature is missing: `drop` it, or fill it: a number with the column's `mean`, a boolean
 * with the share of those that are true, other text with zeros for all categories.
 */
export type MissingPolicy = 'mean' | 'drop';

/** The rows of a table that are used. */
export interface UsableRows {
  /** Their indices in the table, ascending. */
  readonly rows: Int32Array;
  /** What was dropped or filled, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Chooses the rows that have all targets and, with the policy `drop`, all features.
 *
 * @param table the table
 * @param features indices of the feature columns
 * @param targets indices of the target columns; a row in which one of them is missing is always dropped
 * @param policy what to do about missing features
 * @param meansOf the other file that gives the means, if one does; a feature may then be missing in every row
 * @param textFill what becomes of missing texts, for the note
 * @throws InputError when no row is left, and when a feature whose mean is needed has no value in any usable row
 */
export function usableRows(
  table: Table,
  features: readonly number[],
  targets: readonly number[],
  policy: MissingPolicy,
  meansOf?: string,
  textFill = 'one-hot encoded as all zeros',
): UsableRows {
  const { rows, counts } = table.whole
    ? { rows: allRows(table), counts: table.whole.counts }
    : countRows(table, features, targets, policy);
  const { missingTargets, missingFeatures, labelled, complete } = counts;
  const notes: string[] = [];
  const dropped = counts.rows - labelled;
  if (dropped > 0)
    notes.push(`${counted(dropped, 'row')} dropped for a missing target: ${tally(table, missingTargets)}`);
  if (rows.length === 0) throw noUsableRows(table, counts);
  if (policy === 'drop') {
    if (labelled > complete)
      notes.push(`${counted(labelled - complete, 'row')} dropped for missing values: ${tally(table, missingFeatures)}`);
    return { rows, notes };
  }
  const needsMeans = meansOf === undefined;
  const empty = needsMeans ? features.filter((column) => missingFeatures.get(column) === labelled) : [];
  if (empty.length > 0) {
    const names = quotedList(empty.map((column) => table.columns[column]?.name ?? ''));
    throw new InputError(
      `${table.source} must have values in each feature column; got none in ${names}; ignore ${empty.length === 1 ? 'it' : 'them'}`,
    );
  }
  return { rows, notes: [...notes, ...filled(table, missingFeatures, meansOf, textFill)] };
}

/**
 * Counts the rows that have what is needed.
 *
 * @returns those that are usable with the policy, and the counts
 */
export function countRows(
  table: Pick<Table, 'rows' | 'columns' | 'values'>,
  features: readonly number[],
  targets: readonly number[],
  policy: MissingPolicy,
): { readonly rows: Int32Array; readonly counts: RowCounts } {
  const labelled = completeRows(table, allRows(table), targets);
  const complete = completeRows(table, labelled.kept, features);
  return {
    rows: policy === 'drop' ? complete.kept : labelled.kept,
    counts: {
      rows: table.rows,
      labelled: labelled.kept.length,
      complete: complete.kept.length,
      missingTargets: labelled.missing,
      missingFeatures: complete.missing,
    },
  };
}

/** The error where no row is left. */
export function noUsableRows(table: TableLayout, { labelled, missingTargets, missingFeatures }: RowCounts): InputError {
  const cause = tally(table, labelled === 0 ? missingTargets : missingFeatures);
  const wanted = labelled === 0 ? 'a row with a target' : 'a row without missing values';
  return new InputError(`${table.source} must have ${wanted}; got none; missing values: ${cause}`);
}

function allRows({ rows }: Pick<Table, 'rows'>): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

/** The rows that have a value in all of the columns, and how many each column lacks. */
function completeRows(table: Pick<Table, 'columns' | 'values'>, rows: Int32Array, columns: readonly number[]) {
  const { values } = table;
  const width = table.columns.length;
  const counts = new Uint32Array(width);
  const runs = columnRuns(columns);
  const kept = rows.filter((row) => {
    let complete = true;
    for (const { column, length } of runs)
      if (!isComplete(values, row * width + column, length, counts, column)) complete = false;
    return complete;
  });
  const missing = new Map([...counts.entries()].filter(([, count]) => count > 0));
  return { kept, missing };
}

/** Whether a row has all columns of a run; counts those that it lacks. @param start where the run begins in the values */
function isComplete(values: Float32Array, start: number, length: number, counts: Uint32Array, column: number): boolean {
  let complete = true;
  for (let i = 0; i < length; i++) {
    if (!Number.isNaN(values[start + i])) continue;
    counts[column + i] = (counts[column + i] as number) + 1;
    complete = false;
  }
  return complete;
}

function filled(
  table: Table,
  missing: ReadonlyMap<number, number>,
  meansOf: string | undefined,
  textFill: string,
): string[] {
  const isNumber = ({ kind, categories }: Column) => kind === 'number' || areBooleans(categories);
  const which = (numbers: boolean) =>
    new Map([...missing].filter(([column]) => isNumber(table.columns[column] as Column) === numbers));
  const numbers = which(true);
  const texts = which(false);
  const mean = `the column's mean${meansOf === undefined ? '' : ` in ${meansOf}`}`;
  const notes: string[] = [];
  if (numbers.size > 0)
    notes.push(`${counted(total(numbers), 'missing value')} filled with ${mean}: ${tally(table, numbers)}`);
  if (texts.size > 0) notes.push(`${counted(total(texts), 'missing value')} ${textFill}: ${tally(table, texts)}`);
  return notes;
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** `age (10) and height (2)`. */
function tally(table: TableLayout, counts: ReadonlyMap<number, number>): string {
  return wordList([...counts].map(([column, count]) => `${table.columns[column]?.name} (${count})`));
}
