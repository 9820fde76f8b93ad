import { InputError } from '@lrfind/core';
import type { Dataset, WholeRows } from '../dataset.js';
import type { ModelShape } from '../shapes.js';
import type { Table, TableLayout, WholeTable } from '../table.js';
import { type ColumnRoles, columnRoles, type RoleOptions } from './column-roles.js';
import { encodeFeatures, fitFeatures } from './encode-features.js';
import { encodeTargets, fitTargets, type Task } from './encode-targets.js';
import { encodeWindows } from './encode-windows.js';
import { encodeRows, encodeWith, type TableEncoding } from './encode-with.js';
import type { Scale } from './feature-scaling.js';
import { type MissingPolicy, usableRows } from './missing-values.js';
import { rowWeights } from './row-weights.js';
import { notAllRows, sampleNotes } from './sample-notes.js';
import { targetColumn } from './target-column.js';
import type { ChooseTarget } from './target-kind.js';
import { TEXT_FILL, takesWords } from './tokens.js';
import type { SeriesOptions } from './windows.js';

/** How a table becomes inputs and targets. */
export interface EncodeOptions extends RoleOptions {
  /**
   * Whether to scale a target of numbers to mean 0 and standard deviation 1, for the losses meanSquaredError and
   * meanAbsoluteError. `train`, `compare` and `findLearningRate` report losses and metrics in the target's own units, but the
   * model predicts the scaled target: `inTargetUnits` makes a model that predicts it in its units. Default: no.
   */
  readonly scaleTarget?: boolean | undefined;
  /** How to scale numeric features. */
  readonly scale: Scale;
  /** What to do with missing features. A row without a target is always dropped. */
  readonly missing: MissingPolicy;
  /** The most categories with which a text column is one-hot encoded. Default: 100, and at most a fifth of the rows. */
  readonly oneHotLimit?: number | undefined;
  /** Text columns that are one-hot encoded whatever the number of their categories. Default: none. */
  readonly categorical?: readonly string[] | undefined;
  /** Windows over rows that are in the order of time. Default: each row stands for itself. */
  readonly series?: SeriesOptions | undefined;
  /**
   * Whether the inputs lie in memory that threads share, where there is such memory, so that the workers of a search need no copy of
   * them. Those of a series do not. Default: no.
   */
  readonly sharesMemory?: boolean | undefined;
}

/** A table encoded for a model. */
export interface EncodedTable {
  /** Its notes list every step: columns chosen, encoded, filled and scaled, rows dropped, losses inferred. */
  readonly dataset: Dataset;
  /**
   * Of a series: the windows of the last rows, to validate on; undefined where none are held out. Means and ranges are of the
   * other rows alone, and no window reaches over the border.
   */
  readonly validation?: Dataset | undefined;
  /** What each output of the model is trained for, in their order. */
  readonly tasks: readonly Task[];
  /**
   * Encodes another table, such as a file of test rows, with the means, ranges, categories and classes of this one.
   * Read it with this one as the option `like`, so that its columns have the same kinds. Columns are matched by name,
   * in any order; those that this table does not have are ignored. A category that this table does not have becomes all
   * zeros, and a missing number becomes this table's mean.
   *
   * @returns arrays like those of `dataset`; every note begins with the other table's file
   * @throws InputError for a column that is missing or of another kind, a label without a class, and every value that
   *   `encodeTable` refuses
   */
  readonly transform: (other: Table) => Dataset;
}

/**
 * Turns a table into the inputs and targets of a model. Every column that is not ignored is a target or a feature.
 *
 * @param table the table
 * @param model the shapes that the data must fit
 * @param chooseTarget chooses the loss of each output, which decides what its target may be
 * @param options how to encode it
 * @returns finite values, in the order of the table's rows
 * @throws InputError for an unknown target column, a text column with too many categories, a number of features that does
 *   not fit, a label outside the output's classes, a value that the loss does not allow, and when no row or no feature is left
 *
 * @example
 * const table = await readTable(fileSource('prices.csv'));
 * const model = {
 *   inputs: [{ name: 'in', shape: [3] }],
 *   outputs: [{ name: 'out', shape: [1], activation: 'linear' }],
 * };
 * const chooseTarget = () => ({ loss: 'meanSquaredError', kind: 'number' }) as const;
 * const { dataset } = encodeTable(table, model, chooseTarget, { target: 'price', scale: 'standard', missing: 'mean' });
 */
export function encodeTable(
  table: Table,
  model: ModelShape,
  chooseTarget: ChooseTarget,
  options: EncodeOptions,
): EncodedTable {
  const roles = columnRoles(table, options, model, options.series !== undefined && !options.series.excludeTarget);
  const { targets, features, weightColumn } = roles;
  const { sampleWeight } = options;
  if (options.series) {
    if (table.whole) throw notAllRows(table, 'series', 'the rows of a window follow each other');
    const { outputs: _, ...encoded } = encodeWindows(table, model, chooseTarget, roles, {
      ...options,
      series: options.series,
    });
    return { ...encoded, dataset: { ...encoded.dataset, notes: [...roles.notes, ...encoded.dataset.notes] } };
  }
  checkUse(table, roles, options.missing);
  const { rows, notes: rowNotes } = usableRows(
    table,
    features,
    targets,
    options.missing,
    undefined,
    takesWords(table, features, model.inputs) ? TEXT_FILL : undefined,
  );
  const columns = targets.map((column) => targetColumn(table, column, rows));
  const inputs = fitFeatures(table, features, rows, model.inputs, options.scale, options);
  const outputs = fitTargets(columns, rows.length, model.outputs, chooseTarget, options.scaleTarget);
  const notes = [...sampleNotes(table), ...roles.notes, ...rowNotes, ...inputs.notes, ...outputs.notes];
  const encoding: TableEncoding = {
    fitted: layoutOf(table),
    features,
    targets,
    weightColumn,
    missing: options.missing,
    inputs,
    outputs,
  };
  return {
    dataset: {
      rows: rows.length,
      inputs: encodeFeatures(inputs, table, rows, options.sharesMemory),
      targets: encodeTargets(outputs, columns, rows.length),
      ...(sampleWeight !== undefined && { weights: rowWeights(table, sampleWeight, rows) }),
      notes,
      ...(table.whole && { whole: wholeRows(table.whole, encoding) }),
    },
    tasks: outputs.outputs.map(({ task }) => task),
    transform: transformer(encoding),
  };
}

/** A separate function, so that `transform` does not keep the table's rows in memory. */
function transformer(encoding: TableEncoding): (other: Table) => Dataset {
  return (other) => encodeWith(other, encoding);
}

/** All rows of a table of which the dataset is a sample; a separate function, so that it does not keep the sample in memory. */
function wholeRows({ usable, numbers, blocks }: WholeTable, encoding: TableEncoding): WholeRows {
  return {
    rows: usable,
    numbers,
    ...(blocks && {
      blocks: { lengths: blocks.lengths, read: async (block) => encodeRows(await blocks.read(block), encoding) },
    }),
  };
}

function layoutOf({ source, columns }: Table): TableLayout {
  return { source, columns: columns.map(({ exact: _, ...column }) => column) };
}

/** @throws InputError where a sample was drawn from other rows than those that would be used */
function checkUse({ source, whole }: Table, { targets, features }: ColumnRoles, missing: string) {
  if (!whole) return;
  const { used } = whole;
  const same = [used.targets, used.features, used.missing].join('/') === [targets, features, missing].join('/');
  if (!same)
    throw new InputError(
      `${source} was sampled for other columns: target, ignore, sampleWeight and missing must be those that scanTable was given`,
    );
}
