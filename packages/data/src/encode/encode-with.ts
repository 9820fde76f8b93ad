import type { Dataset, DatasetRows } from '../dataset.js';
import type { Table, TableLayout } from '../table.js';
import { alignColumns, newCategories } from './align-columns.js';
import { encodeFeatures, type FeatureEncoding } from './encode-features.js';
import { encodeTargets, type TargetEncoding } from './encode-targets.js';
import { type MissingPolicy, usableRows } from './missing-values.js';
import { rowWeights } from './row-weights.js';
import { sampleNotes } from './sample-notes.js';
import { targetColumn } from './target-column.js';
import { TEXT_FILL } from './tokens.js';

/** An encoding that was fitted on one table and applies to others. */
export interface TableEncoding {
  /** The layout of the table on which it was fitted. */
  readonly fitted: TableLayout;
  /** Indices of its feature columns. */
  readonly features: readonly number[];
  /** Indices of its target columns. */
  readonly targets: readonly number[];
  /** Index of the column of weights, if there is one. */
  readonly weightColumn: number | undefined;
  readonly missing: MissingPolicy;
  readonly inputs: FeatureEncoding;
  readonly outputs: TargetEncoding;
}

/**
 * Encodes a table with an encoding that was fitted on another one. Columns are matched by name.
 *
 * @param other the table
 * @param encoding fitted on the other table
 * @returns finite values, in the order of the table's rows; every note begins with its file
 * @throws InputError for a column that is missing or of another kind, a label without a class, a value that the loss
 *   does not allow or float32 cannot hold, and when no row is left
 */
export function encodeWith(other: Table, encoding: TableEncoding): Dataset {
  const { fitted, features, targets, weightColumn, missing } = encoding;
  const weightName = weightColumn === undefined ? undefined : fitted.columns[weightColumn]?.name;
  // A table without the column, such as one to test on, has rows of equal weight.
  const weighs = weightName !== undefined && other.columns.some(({ name }) => name === weightName);
  const wanted = [...features, ...targets, ...(weighs ? [weightColumn as number] : [])];
  const { table, notes: layoutNotes } = alignColumns(other, fitted, wanted);
  const { rows, notes: rowNotes } = usableRows(
    table,
    features,
    targets,
    missing,
    fitted.source,
    encoding.inputs.tokens && TEXT_FILL,
  );
  const columns = targets.map((column) => targetColumn(table, column, rows));
  const notes = [
    ...sampleNotes(other),
    ...(table.notes ?? []),
    ...layoutNotes,
    ...rowNotes,
    ...(encoding.inputs.tokens ? [] : newCategories(table, fitted, features, rows)),
  ];
  return {
    rows: rows.length,
    inputs: encodeFeatures(encoding.inputs, table, rows),
    targets: encodeTargets(encoding.outputs, columns, rows.length),
    ...(weighs && { weights: rowWeights(table, weightName, rows) }),
    notes: notes.map((note) => `${table.source}: ${note}`),
  };
}

/**
 * Encodes usable rows of the table on which an encoding was fitted, such as a stored block.
 *
 * @param table with the columns and categories of that table
 * @throws InputError for a value that the loss does not allow or float32 cannot hold
 */
export function encodeRows(
  table: Table,
  { fitted, targets, weightColumn, inputs, outputs }: TableEncoding,
): DatasetRows {
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const columns = targets.map((column) => targetColumn(table, column, rows));
  const weightName = weightColumn === undefined ? undefined : fitted.columns[weightColumn]?.name;
  return {
    rows: table.rows,
    inputs: encodeFeatures(inputs, table, rows),
    targets: encodeTargets(outputs, columns, rows.length),
    ...(weightName !== undefined && { weights: rowWeights(table, weightName, rows) }),
  };
}
