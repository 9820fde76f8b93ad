import { InputError } from '@lrfind/core';
import type { Dataset } from '../dataset.js';
import type { ModelShape } from '../shapes.js';
import type { Table, TableLayout } from '../table.js';
import { alignColumns, newCategories } from './align-columns.js';
import { encodeSeries, encodeSeriesWith, type SeriesColumns, type SeriesEncoding } from './encode-series.js';
import type { Scale } from './feature-scaling.js';
import type { MissingPolicy } from './missing-values.js';
import { columnsNamed } from './named-columns.js';
import type { OneHotOptions } from './one-hot-limit.js';
import type { ChooseTarget } from './target-kind.js';
import { resolveSeries, type SeriesOptions } from './windows.js';

/** What columns are used for, before a series has its own: a feature tells series apart, and targets have a past. */
type Roles = Pick<SeriesColumns, 'features' | 'targets' | 'weightColumn'>;

/**
 * The windows of a table, with what other tables are encoded by.
 *
 * @throws InputError as `encodeTable` does
 */
export function encodeWindows(
  table: Table,
  model: ModelShape,
  chooseTarget: ChooseTarget,
  roles: Roles,
  options: {
    readonly series: SeriesOptions;
    readonly missing: MissingPolicy;
    readonly scale: Scale;
    readonly scaleTarget?: boolean | undefined;
  } & OneHotOptions,
) {
  const series = resolveSeries(options.series);
  const columns = seriesColumns(table, roles, series);
  const { dataset, validation, encoding } = encodeSeries(table, model, chooseTarget, columns, { ...options, series });
  // Not the table itself, whose rows would stay in memory.
  const fitted: TableLayout = { source: table.source, columns: table.columns.map(({ exact: _, ...column }) => column) };
  return {
    dataset,
    validation,
    outputs: encoding.outputs,
    tasks: encoding.outputs.outputs.map(({ task }) => task),
    transform: (other: Table): Dataset => transformed(other, fitted, encoding),
  };
}

/**
 * The columns of a series: the target's past is among the features, unless it is left out.
 *
 * @throws InputError for an unknown column of series, and where no feature is left
 */
export function seriesColumns(
  table: Table,
  { features, targets, weightColumn }: Roles,
  { by: name, excludeTarget }: Pick<SeriesOptions, 'by' | 'excludeTarget'>,
): SeriesColumns {
  const [by] = name === undefined ? [] : columnsNamed(table, name, 'series');
  if (by !== undefined && !features.includes(by))
    throw new InputError(`series must not name the target, an ignored column or that of weights; got "${name}"`);
  const past = excludeTarget ? [] : targets;
  const all = [...features, ...past].filter((column) => column !== by);
  if (all.length === 0) throw new InputError(`${table.source} must have a feature column besides "${name}"; got none`);
  return { features: past.length > 0 ? all.toSorted((a, b) => a - b) : all, targets, weightColumn, by };
}

function transformed(other: Table, fitted: TableLayout, encoding: SeriesEncoding): Dataset {
  const { features, targets, by, weightColumn } = encoding.columns;
  // A table without the column of weights, such as one to test on, has rows of equal weight.
  const weightName = weightColumn === undefined ? undefined : fitted.columns[weightColumn]?.name;
  const weighs = other.columns.some(({ name }) => name === weightName) ? weightColumn : undefined;
  const needed = [...features, ...targets, by, weighs].filter((each) => each !== undefined);
  const { table, notes } = alignColumns(other, fitted, [...new Set(needed)]);
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const columns = { ...encoding.columns, weightColumn: weighs };
  return encodeSeriesWith(table, { ...encoding, columns }, [
    ...(table.notes ?? []),
    ...notes,
    ...newCategories(table, fitted, features, rows),
  ]);
}
