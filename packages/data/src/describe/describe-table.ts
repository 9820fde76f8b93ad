import { flagList, InputError } from '@lrfind/core';
import type { ColumnDescription, Misfit, TableDescription, TargetDescription } from '@lrfind/core/results';
import { type ColumnRoles, columnRoles } from '../encode/column-roles.js';
import type { EncodeOptions } from '../encode/encode-table.js';
import type { TargetEncoding } from '../encode/encode-targets.js';
import { seriesColumns } from '../encode/encode-windows.js';
import { type UsableRows, usableRows } from '../encode/missing-values.js';
import { notAllRows } from '../encode/sample-notes.js';
import { type TargetColumn, targetColumn } from '../encode/target-column.js';
import type { ChooseTarget } from '../encode/target-kind.js';
import { TEXT_FILL, takesWords } from '../encode/tokens.js';
import { resolveSeries } from '../encode/windows.js';
import { type ModelShape, partition, rowSize } from '../shapes.js';
import type { Table } from '../table.js';
import { describeColumns } from './describe-columns.js';
import { exampleRows } from './examples.js';
import { hints } from './hints.js';
import { fitTable } from './misfits.js';
import { type NamedLoss, type PlainOutput, plainOutput } from './plain-output.js';

/** How to describe a table: how it would become inputs and targets, and the model that it should fit. */
export interface DescribeOptions extends Partial<Omit<EncodeOptions, 'sharesMemory'>> {
  /** The model that the table should fit, and how to choose its losses. Default: a plain model that fits the table. */
  readonly model?: (ModelShape & { readonly name: string; readonly chooseTarget: ChooseTarget }) | undefined;
  /** Without a model: the loss. Default: it follows from the target. */
  readonly loss?: NamedLoss | undefined;
  /** Rows to show from the start of the table, and as many that the seed draws. Default: 3. */
  readonly examples?: number | undefined;
  /** Decides which rows are drawn. Default: 0. */
  readonly seed?: number | undefined;
}

/**
 * Describes a table as it is understood, before anything is trained: kinds, ranges and missing values of its columns, its classes
 * and their balance, the loss that would be chosen, the shape that a model gets, and what does not fit.
 *
 * @param table from `readTable`, with all rows
 * @returns everything that can be said, also where the table does not fit the model
 * @throws InputError for an unknown column, for one that is named for two uses, and where none is left as a feature
 *
 * @example
 * const { columns, misfits } = describeTable(await readTable(fileSource('train.csv')), { target: 'price' });
 */
export function describeTable(table: Table, options: DescribeOptions = {}): TableDescription {
  const { model: given, loss, scale = 'standard', missing = 'mean', sampleWeight, examples = 3, seed = 0 } = options;
  if (table.whole) throw notAllRows(table, 'describeTable', 'it counts them');
  const series = options.series && resolveSeries(options.series);
  const roles = columnRoles(table, options, given, series?.excludeTarget === false);
  const own = series ? seriesColumns(table, roles, series) : roles;
  const described = describeColumns(table, { ...roles, features: own.features });
  const words = takesWords(table, own.features, given?.inputs ?? []);
  // A text whose words the model looks up gives an id for each place of the input.
  const columns = words
    ? described.map((each) =>
        each.role === 'feature' ? { ...each, features: rowSize(given?.inputs[0]?.shape ?? []) } : each,
      )
    : described;
  const { usable, known, misfit } = usableOf(table, roles, missing, given?.inputs ?? []);
  const targets = roles.targets.map((column) => targetColumn(table, column, known));
  const plain = given ? undefined : plainOutput(targets, known.length, loss);
  const model = given ?? plainShape(table, roles, columns, plain as PlainOutput, series?.window);
  const chooseTarget = given?.chooseTarget ?? (() => plain as PlainOutput);
  const fit = misfit
    ? { notes: [], outputs: undefined, misfits: [misfit] }
    : fitTable(table, {
        ...{ model, chooseTarget, roles, rows: usable.rows, scale, missing, sampleWeight, series, columns },
        oneHot: options,
      });
  const targetsDescribed = describeTargets(targets, known.length, model, fit.outputs, plain);
  const fitNotes = fit.notes.length > 0 ? fit.notes : plain?.why ? [plain.why] : [];
  return {
    format: 'lrfind-table',
    version: 1,
    source: table.source,
    rows: table.rows,
    usable: usable.rows.length,
    columns,
    targets: targetsDescribed,
    inputs: model.inputs.map(({ shape }) => [...shape]),
    model: given ? { name: given.name, inputs: given.inputs.map(named), outputs: given.outputs.map(named) } : null,
    misfits: [...fit.misfits],
    examples: exampleRows(table, examples, seed),
    notes: [...roles.notes, ...(series ? [] : usable.notes), ...fitNotes, ...hints(table, columns, targetsDescribed)],
    options: {},
  };
}

/**
 * The usable rows; none where there is a problem with them, which a description says instead of failing. `known` are then all rows that
 * have a target, from which its kind follows.
 */
function usableOf(
  table: Table,
  { features, targets }: ColumnRoles,
  policy: EncodeOptions['missing'],
  inputs: ModelShape['inputs'],
) {
  try {
    const usable: UsableRows = usableRows(
      ...([table, features, targets, policy, undefined] as const),
      takesWords(table, features, inputs) ? TEXT_FILL : undefined,
    );
    return { usable, known: usable.rows, misfit: undefined };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const all = Int32Array.from({ length: table.rows }, (_, row) => row);
    const known = all.filter((row) => targets.every((column) => !isMissing(table, row, column)));
    const misfit: Misfit = {
      problem: error.message,
      answer: answerForRows(table, { features, targets }, known, policy),
    };
    return { usable: { rows: new Int32Array(), notes: [] }, known, misfit };
  }
}

function isMissing({ values, columns }: Table, row: number, column: number): boolean {
  return Number.isNaN(values[row * columns.length + column]);
}

/** What gives usable rows: another target, features with values in the rows that have one, or values in place of missing ones. */
function answerForRows(
  table: Table,
  { features, targets }: Pick<ColumnRoles, 'features' | 'targets'>,
  known: Int32Array,
  policy: EncodeOptions['missing'],
): string {
  const nameOf = (column: number) => table.columns[column]?.name ?? '';
  const rows = known.length > 0 ? known : Int32Array.from({ length: table.rows }, (_, row) => row);
  const valueAt = (row: number, column: number) => table.values[row * table.columns.length + column];
  const isEmpty = (column: number) => rows.every((row) => isMissing(table, row, column));
  const varies = (column: number) => {
    const first = rows.find((row) => !isMissing(table, row, column));
    return (
      first !== undefined &&
      rows.some((row) => !isMissing(table, row, column) && valueAt(row, column) !== valueAt(first, column))
    );
  };
  // Without any target, the last column of several values may be meant.
  const other = known.length > 0 ? undefined : features.findLast(varies);
  const empty = [...features, ...(other === undefined ? [] : targets)].filter(isEmpty);
  const ignored = empty.length > 0 ? [`--ignore ${flagList(empty.map(nameOf))}`] : [];
  const target = other === undefined ? [] : [`--target ${flagList([nameOf(other)])}`];
  if (ignored.length > 0 || target.length > 0) return [...ignored, ...target].join(' ');
  return policy === 'drop' ? '--missing mean' : '--target, with a column that has values';
}

function plainShape(
  { groups = [] }: Table,
  roles: ColumnRoles,
  columns: readonly ColumnDescription[],
  { units, activation }: PlainOutput,
  window: number | undefined,
): ModelShape {
  const features = columns.reduce((sum, each) => sum + each.features, 0);
  // Features that are one array of the file, such as images, keep its shape; an image has a channel.
  const array = groups.find(
    ({ from, to }) => to - from === features && roles.features.every((f) => f >= from && f < to),
  );
  const shape =
    !array || array.shape.length < 2 ? [features] : [...array.shape, ...(array.shape.length === 2 ? [1] : [])];
  return {
    inputs: [{ name: 'input', shape: window === undefined ? shape : [window, features] }],
    outputs: [{ name: 'output', shape: [units], activation }],
  };
}

function named({ name, shape }: { readonly name: string; readonly shape: readonly number[] }) {
  return { name, shape: [...shape] };
}

/** What each output is trained for, as far as the target fits it. */
function describeTargets(
  columns: readonly TargetColumn[],
  rows: number,
  { outputs }: ModelShape,
  encoding: TargetEncoding | undefined,
  plain: PlainOutput | undefined,
): TargetDescription[] {
  if (!encoding) {
    if (!plain) return [];
    const { loss, why = null, units, activation } = plain;
    return [{ columns: columns.map(({ name }) => name), loss, why, units, activation, classes: null }];
  }
  const parts = partition(
    columns,
    encoding.outputs.map(({ width }) => width),
  );
  return encoding.outputs.map(({ task, output, why }, o) => {
    const own = parts[o] as TargetColumn[];
    const [only] = own.length === 1 ? own : [];
    return {
      columns: own.map(({ name }) => name),
      loss: task.loss,
      why: why ?? null,
      units: rowSize(outputs[o]?.shape ?? output.shape),
      activation: output.activation,
      classes: only && task.kind === 'classification' ? labelCounts(only, rows) : null,
    };
  });
}

/** How many rows have each label, in the order of the classes: that of numbers, else of the categories. */
function labelCounts({ categories, at }: TargetColumn, rows: number): { value: string; rows: number }[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < rows; i++) counts.set(at(i), (counts.get(at(i)) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([label, count]) => ({ value: categories?.[label] ?? String(label), rows: count }));
}
