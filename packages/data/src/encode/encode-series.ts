import { counted, countText, InputError, quotedList } from '@lrfind/core';
import type { Dataset } from '../dataset.js';
import type { InputShape, ModelShape } from '../shapes.js';
import type { Table } from '../table.js';
import { encodeFeatures, type FeatureEncoding, fitFeatures } from './encode-features.js';
import { encodeTargets, fitTargets, type TargetEncoding } from './encode-targets.js';
import type { Scale } from './feature-scaling.js';
import type { MissingPolicy } from './missing-values.js';
import type { OneHotOptions } from './one-hot-limit.js';
import { rowWeights } from './row-weights.js';
import { type TargetColumn, targetColumn } from './target-column.js';
import type { ChooseTarget } from './target-kind.js';
import { type ResolvedSeries, type Segment, seriesRows, splitSeries, type Windows, windowsWithin } from './windows.js';

/** The columns of a series by their indices. */
export interface SeriesColumns {
  readonly features: readonly number[];
  readonly targets: readonly number[];
  readonly weightColumn: number | undefined;
  /** The column that tells series apart. */
  readonly by: number | undefined;
}

/** An encoding of windows that was fitted on one table and applies to others. */
export interface SeriesEncoding {
  readonly columns: SeriesColumns;
  readonly series: ResolvedSeries;
  readonly missing: MissingPolicy;
  readonly inputs: FeatureEncoding;
  readonly outputs: TargetEncoding;
}

/** A series encoded for a model. */
export interface EncodedSeries {
  readonly dataset: Dataset;
  /** The windows of the last rows; undefined where none are held out. */
  readonly validation: Dataset | undefined;
  readonly encoding: SeriesEncoding;
}

/**
 * Encodes the windows of a table for a model. Means and ranges for the scaling are of the rows to train on alone, and no window
 * with its target reaches over the border to the validation rows.
 *
 * @throws InputError for a model that takes other windows, for a part without a window, and for whatever `encodeTable` refuses
 */
export function encodeSeries(
  table: Table,
  model: ModelShape,
  chooseTarget: ChooseTarget,
  columns: SeriesColumns,
  {
    series,
    missing,
    scale,
    scaleTarget,
    ...oneHot
  }: {
    readonly series: ResolvedSeries;
    readonly missing: MissingPolicy;
    readonly scale: Scale;
    readonly scaleTarget?: boolean | undefined;
  } & OneHotOptions,
): EncodedSeries {
  const ofRows = rowInputs(table, model.inputs, series);
  const rows = seriesRows(table, columns.by);
  const { train, heldOut } = splitSeries(rows.series, series.validationSplit);
  const usable = usableWindows(table, columns, rows.order, series, missing);
  const training = windowsWithin(train, series, usable.wanted);
  if (training.starts.length === 0) throw tooShort(table, train, series, 'train');
  const held = series.validationSplit > 0 ? windowsWithin(heldOut, series, usable.wanted) : undefined;
  if (held?.starts.length === 0) throw tooShort(table, heldOut, series, 'validate');
  const trainRows = rowsOf(rows.order, train);
  const inputs = fitFeatures(table, columns.features, trainRows, ofRows, scale, oneHot);
  checkFill(table, inputs, missing);
  const outputs = fitTargets(
    targetsAt(table, columns, rows.order, training),
    training.starts.length,
    model.outputs,
    chooseTarget,
    scaleTarget,
  );
  const encoding = { columns, series, missing, inputs, outputs };
  const values = encodeFeatures(inputs, table, rows.order);
  const border = held
    ? `, ${countText(held.starts.length)} to validate on, in the last ${countText(trainRows.length === table.rows ? 0 : table.rows - trainRows.length)} rows; none reaches over the border`
    : '';
  const of = rows.series.length > 1 ? ` of ${counted(rows.series.length, 'series').replace('seriess', 'series')}` : '';
  const note = `windows of ${counted(series.window, 'row')}${of} in the order of the file, each for the target ${counted(series.horizon, 'row')} after it: ${countText(training.starts.length)} to train on${border}`;
  const notes = [note, ...usable.notes(), ...inputs.notes, ...outputs.notes];
  return {
    dataset: datasetOf(table, encoding, rows.order, values, training, notes),
    validation: held && datasetOf(table, encoding, rows.order, values, held, []),
    encoding,
  };
}

/**
 * Encodes all windows of another table, such as one of test rows.
 *
 * @param table with its columns at the indices of the fitted table
 * @throws InputError when it has no window
 */
export function encodeSeriesWith(table: Table, encoding: SeriesEncoding, notes: readonly string[]): Dataset {
  const { columns, series, missing, inputs } = encoding;
  const rows = seriesRows(table, columns.by);
  const usable = usableWindows(table, columns, rows.order, series, missing);
  const windows = windowsWithin(rows.series, series, usable.wanted);
  if (windows.starts.length === 0) throw tooShort(table, rows.series, series, 'measure');
  const values = encodeFeatures(inputs, table, rows.order);
  const all = [...notes, counted(windows.starts.length, 'window'), ...usable.notes()];
  return datasetOf(
    table,
    encoding,
    rows.order,
    values,
    windows,
    all.map((note) => `${table.source}: ${note}`),
  );
}

function datasetOf(
  table: Table,
  { columns, series, outputs }: SeriesEncoding,
  order: Int32Array,
  values: ReturnType<typeof encodeFeatures>,
  windows: Windows,
  notes: readonly string[],
): Dataset {
  const { weightColumn } = columns;
  const count = windows.starts.length;
  return {
    rows: count,
    inputs: values.map((column) => ({
      ...column,
      shape: [series.window, ...column.shape],
      windows: { starts: windows.starts },
    })),
    targets: encodeTargets(outputs, targetsAt(table, columns, order, windows), count),
    ...(weightColumn !== undefined && {
      weights: rowWeights(table, table.columns[weightColumn]?.name ?? '', targetRows(order, windows)),
    }),
    notes,
  };
}

function targetRows(order: Int32Array, { targets }: Windows): Int32Array {
  return targets.map((place) => order[place] as number);
}

function targetsAt(table: Table, columns: SeriesColumns, order: Int32Array, windows: Windows): TargetColumn[] {
  const rows = targetRows(order, windows);
  return columns.targets.map((column) => targetColumn(table, column, rows));
}

function rowsOf(order: Int32Array, segments: readonly Segment[]): Int32Array {
  return Int32Array.from(segments.flatMap(({ from, to }) => [...order.subarray(from, to)])).sort();
}

/** The inputs without the length of the window, each of which takes the features of a row. */
function rowInputs(table: Table, inputs: readonly InputShape[], { window }: ResolvedSeries): InputShape[] {
  const wrong = inputs.find(({ shape }) => shape[0] !== window);
  if (wrong)
    throw new InputError(
      `${table.source} gives windows of ${counted(window, 'row')}, so the model's input "${wrong.name}" must have the shape [${window}, features]; got [${wrong.shape.join(', ')}]`,
    );
  return inputs.map((input) => ({ ...input, shape: input.shape.slice(1) }));
}

/** Which windows are usable, and what was left out or filled. */
function usableWindows(
  table: Table,
  { features, targets }: SeriesColumns,
  order: Int32Array,
  { window }: ResolvedSeries,
  policy: MissingPolicy,
) {
  const width = table.columns.length;
  const isMissing = (row: number, columns: readonly number[]) =>
    columns.some((column) => Number.isNaN(table.values[row * width + column]));
  // How many rows before each place lack a feature.
  const incomplete = new Int32Array(order.length + 1);
  for (const [place, row] of order.entries())
    incomplete[place + 1] = (incomplete[place] as number) + (isMissing(row, features) ? 1 : 0);
  let withoutTarget = 0;
  let withGap = 0;
  return {
    wanted: (start: number, target: number): boolean => {
      if (isMissing(order[target] as number, targets)) {
        withoutTarget += 1;
        return false;
      }
      const gaps = (incomplete[start + window] as number) - (incomplete[start] as number);
      if (policy === 'drop' && gaps > 0) withGap += 1;
      return policy !== 'drop' || gaps === 0;
    },
    notes: (): string[] => {
      const lacking = incomplete[order.length] as number;
      return [
        ...(withoutTarget > 0 ? [`${counted(withoutTarget, 'window')} left out for a missing target`] : []),
        ...(withGap > 0 ? [`${counted(withGap, 'window')} left out for missing values`] : []),
        ...(policy === 'mean' && lacking > 0
          ? [
              `missing features of ${counted(lacking, 'row')} filled with the mean of the training rows, or zeros for words`,
            ]
          : []),
      ];
    },
  };
}

/** @throws InputError for a feature that has no value to train on, of which there is no mean */
function checkFill(table: Table, { numeric, scaling }: FeatureEncoding, policy: MissingPolicy): void {
  if (policy === 'drop') return;
  const empty = numeric.filter((_, i) => Number.isNaN(scaling.fill[i]));
  if (empty.length === 0) return;
  const names = quotedList(empty.map((column) => table.columns[column]?.name ?? ''));
  throw new InputError(
    `${table.source} must have values to train on in each feature column; got none in ${names}; ignore ${empty.length === 1 ? 'it' : 'them'}`,
  );
}

function tooShort(
  table: Table,
  segments: readonly Segment[],
  { window, horizon }: ResolvedSeries,
  to: string,
): InputError {
  const longest = Math.max(...segments.map(({ from, to: end }) => end - from));
  const each = segments.length > 1 ? ' in a series' : '';
  return new InputError(
    `${table.source} must have at least ${counted(window + horizon, 'row')} to ${to} on${each} for windows of ${counted(window, 'row')} and a horizon of ${horizon}, with a target; got ${longest}`,
  );
}
