import { InputError, notAllowed } from '@lrfind/core';
import { columnReader, type Table } from '../table.js';

/** Windows over the rows of a table that are in the order of time. */
export interface SeriesOptions {
  /** Rows in a window, at least 1. */
  readonly window: number;
  /** How many rows after the last one of its window a target is, at least 0. Default: 1. */
  readonly horizon?: number | undefined;
  /** The column whose values tell several series apart; it is no feature. Default: all rows are one series. */
  readonly by?: string | undefined;
  /** Whether the target columns are left out of the features. Default: the windows have the target's past values too. */
  readonly excludeTarget?: boolean | undefined;
  /** Share of the rows at the end of each series to validate on, from 0 to below 1. Default: 0.2. */
  readonly validationSplit?: number | undefined;
}

/** The share that is held out by default, as of other tables. */
const DEFAULT_SPLIT = 0.2;

/** The same, checked and filled in. */
export type ResolvedSeries = Required<Omit<SeriesOptions, 'by'>> & Pick<SeriesOptions, 'by'>;

/**
 * Checks how windows are made.
 *
 * @throws InputError for a number out of range, and where a target would be a feature of its own window
 */
export function resolveSeries(options: SeriesOptions): ResolvedSeries {
  const { window, horizon = 1, by, excludeTarget = false, validationSplit = DEFAULT_SPLIT } = options;
  if (!Number.isSafeInteger(window) || window < 1) throw notAllowed('window', 'a whole number at least 1', window);
  if (!Number.isSafeInteger(horizon) || horizon < 0) throw notAllowed('horizon', 'a whole number at least 0', horizon);
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw notAllowed('validationSplit', 'a number at least 0 and below 1', validationSplit);
  if (horizon === 0 && !excludeTarget)
    throw new InputError(
      'horizon must be at least 1 where the target is among the features; got 0: excludeTarget leaves it out',
    );
  return { window, horizon, by, excludeTarget, validationSplit };
}

/** Consecutive rows of one series in the order of `SeriesRows.order`. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** The rows of a table, series after series. */
export interface SeriesRows {
  /** Indices of rows: those of the first series in their order, then those of the second. */
  readonly order: Int32Array;
  readonly series: readonly Segment[];
}

/**
 * Puts the rows of each series together.
 *
 * @param by index of the column that tells them apart; undefined for one series
 * @throws InputError for a row without a value in that column
 */
export function seriesRows(table: Table, by: number | undefined): SeriesRows {
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  if (by === undefined) return { order: all, series: [{ from: 0, to: table.rows }] };
  const read = columnReader(table, by);
  const members = new Map<number, number[]>();
  for (const row of all) {
    const value = read(row);
    if (Number.isNaN(value))
      throw new InputError(
        `${table.source}: ${table.place(row)}, column "${table.columns[by]?.name}" must say to which series the row belongs; it is missing`,
      );
    const own = members.get(value);
    if (own) own.push(row);
    else members.set(value, [row]);
  }
  let from = 0;
  const series = [...members.values()].map(({ length }) => {
    from += length;
    return { from: from - length, to: from };
  });
  return { order: Int32Array.from([...members.values()].flat()), series };
}

/** Where the windows of a part start, and where their targets are: places in `SeriesRows.order`. */
export interface Windows {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/**
 * All windows that lie within segments, with their targets.
 *
 * @param wanted whether a window is wanted, by its start and the place of its target
 */
export function windowsWithin(
  segments: readonly Segment[],
  { window, horizon }: Pick<ResolvedSeries, 'window' | 'horizon'>,
  wanted: (start: number, target: number) => boolean,
): Windows {
  const starts: number[] = [];
  const targets: number[] = [];
  for (const { from, to } of segments) {
    for (let start = from; start + window - 1 + horizon < to; start++) {
      const target = start + window - 1 + horizon;
      if (!wanted(start, target)) continue;
      starts.push(start);
      targets.push(target);
    }
  }
  return { starts: Int32Array.from(starts), targets: Int32Array.from(targets) };
}

/** The training part and the held-out part of each series: the rows before its last share, and these. */
export function splitSeries(
  series: readonly Segment[],
  share: number,
): { readonly train: Segment[]; readonly heldOut: Segment[] } {
  const parts = series.map(({ from, to }) => {
    const length = to - from;
    const held = share === 0 ? 0 : Math.min(length - 1, Math.max(1, Math.round(length * share)));
    return { train: { from, to: to - held }, heldOut: { from: to - held, to } };
  });
  return { train: parts.map(({ train }) => train), heldOut: parts.map(({ heldOut }) => heldOut) };
}
