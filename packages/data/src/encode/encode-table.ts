import { InputError, quotedList } from '@lrfind/core';
import type { Dataset } from '../dataset.js';
import type { ModelShape } from '../shapes.js';
import type { Table, TableLayout } from '../table.js';
import { encodeFeatures, fitFeatures } from './encode-features.js';
import { encodeTargets, fitTargets, type Task } from './encode-targets.js';
import { encodeWindows } from './encode-windows.js';
import { encodeWith, type TableEncoding } from './encode-with.js';
import type { Scale } from './feature-scaling.js';
import { type MissingPolicy, usableRows } from './missing-values.js';
import { columnsNamed, defaultTarget, inInputOrder } from './named-columns.js';
import { rowWeights } from './row-weights.js';
import { targetColumn } from './target-column.js';
import type { ChooseTarget } from './target-kind.js';
import { TEXT_FILL, takesWords } from './tokens.js';
import type { SeriesOptions } from './windows.js';

/** How a table becomes inputs and targets. */
export interface EncodeOptions {
  /** The target column, or the columns in the order of the model's outputs. Default: the last column. */
  readonly target?: string | readonly string[];
  /** Columns that are neither features nor targets, such as an identifier. Default: none. */
  readonly ignore?: readonly string[];
  /** The column that says what each row weighs in the loss; it is no feature. Default: every row weighs 1. */
  readonly sampleWeight?: string | undefined;
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
    const { outputs: _, ...encoded } = encodeWindows(table, model, chooseTarget, roles, {
      ...options,
      series: options.series,
    });
    return { ...encoded, dataset: { ...encoded.dataset, notes: [...roles.notes, ...encoded.dataset.notes] } };
  }
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
  const notes = [...roles.notes, ...rowNotes, ...inputs.notes, ...outputs.notes];
  return {
    dataset: {
      rows: rows.length,
      inputs: encodeFeatures(inputs, table, rows),
      targets: encodeTargets(outputs, columns, rows.length),
      ...(sampleWeight !== undefined && { weights: rowWeights(table, sampleWeight, rows) }),
      notes,
    },
    tasks: outputs.outputs.map(({ task }) => task),
    transform: transformer({
      fitted: layoutOf(table),
      features,
      targets,
      weightColumn,
      missing: options.missing,
      inputs,
      outputs,
    }),
  };
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
  table: Table,
  { target: wanted, ignore = [], sampleWeight }: Pick<EncodeOptions, 'target' | 'ignore' | 'sampleWeight'>,
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
      `${table.source} must have a feature column besides its targets, ${names(table, targets)}; got none${advice}`,
    );
  }
  const chosen = `target ${quotedList(target.names)}${target.why}`;
  const left = ignored.length > 0 ? [`ignored ${names(table, ignored)}`] : [];
  const weighted = sampleWeight === undefined ? [] : [`rows weighted by "${sampleWeight}"`];
  return { targets, ignored, weightColumn, features, notes: [...(table.notes ?? []), chosen, ...left, ...weighted] };
}

/** A separate function, so that `transform` does not keep the table's rows in memory. */
function transformer(encoding: TableEncoding): (other: Table) => Dataset {
  return (other) => encodeWith(other, encoding);
}

function layoutOf({ source, columns }: Table): TableLayout {
  return { source, columns: columns.map(({ exact: _, ...column }) => column) };
}

function targetNames(table: Table, model: ModelShape, target: EncodeOptions['target']) {
  if (target === undefined) return defaultTarget(table, model);
  return { names: typeof target === 'string' ? [target] : target, why: '' };
}

function targetColumns(table: Table, wanted: readonly string[]): number[] {
  const chosen = wanted.flatMap((name) => columnsNamed(table, name, 'target'));
  const twice = wanted.find((name, i) => wanted.indexOf(name) !== i);
  if (chosen.length === 0) throw new InputError('target must name at least one column; got none');
  if (twice !== undefined) throw new InputError(`target must name each column once; got "${twice}" twice`);
  return chosen;
}

function ignoredColumns(table: Table, ignore: readonly string[], targets: readonly number[]): number[] {
  const columns = ignore.flatMap((name) => columnsNamed(table, name, 'ignore'));
  const both = columns.find((column) => targets.includes(column));
  if (both !== undefined) throw new InputError(`ignore must not name the target; got ${names(table, [both])}`);
  return columns;
}

function sampleWeightColumn(table: Table, name: string, used: readonly number[]): number {
  const [column, ...others] = columnsNamed(table, name, 'sampleWeight') as [number, ...number[]];
  if (others.length > 0)
    throw new InputError(`sampleWeight must name one column; got "${name}" with ${others.length + 1}`);
  if (used.includes(column))
    throw new InputError(`sampleWeight must not name a target or an ignored column; got "${name}"`);
  return column;
}

function names(table: Table, columns: readonly number[]): string {
  return quotedList(columns.map((column) => table.columns[column]?.name ?? ''));
}
