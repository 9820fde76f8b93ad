import type { DataSource } from '../data-source.js';
import type { Table, TableLayout } from '../table/table.js';
import { encodeFeatures, type FeatureEncoding } from './encode-features.js';
import { encodeTargets, type TargetEncoding } from './encode-targets.js';
import { laidOutLike, newCategories } from './laid-out-like.js';
import { type MissingPolicy, usableRows } from './missing-values.js';
import { targetColumn } from './target-column.js';

/** All that was worked out from a table and is applied to another. */
export interface TableEncoding {
  /** The table from which it was worked out. */
  readonly first: TableLayout;
  /** Indices of its feature columns. */
  readonly features: readonly number[];
  /** Indices of its target columns. */
  readonly targets: readonly number[];
  readonly missing: MissingPolicy;
  readonly inputs: FeatureEncoding;
  readonly outputs: TargetEncoding;
}

/**
 * Encodes a table as another one was: with its means, ranges, categories and classes. Columns go by their names.
 *
 * @param other the table
 * @param encoding what was worked out from the first one
 * @returns blocks of equal rows and finite values, in the order of the table's rows; every note begins with its file
 * @throws InputError for a column that is missing or of another kind, a label that the first table gives no class, a value that
 *   the loss cannot take or float32 cannot hold, and when no row is left
 */
export function encodeLike(other: Table, encoding: TableEncoding): DataSource {
  const { first, features, targets, missing } = encoding;
  const { table, notes: layoutNotes } = laidOutLike(other, first, [...features, ...targets]);
  const { rows, notes: rowNotes } = usableRows(table, features, targets, missing, first.source);
  const columns = targets.map((column) => targetColumn(table, column, rows));
  const notes = [...layoutNotes, ...rowNotes, ...newCategories(table, first, features, rows)];
  return {
    rows: rows.length,
    inputs: encodeFeatures(encoding.inputs, table, rows),
    targets: encodeTargets(encoding.outputs, columns, rows.length),
    notes: notes.map((note) => `${table.source}: ${note}`),
  };
}
