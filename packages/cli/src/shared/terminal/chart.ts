import { mean, rateText, roundNumbers } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { plot, type Settings } from 'simple-ascii-chart';
import { terminalColumns } from './text.js';

/** Characters across a curve where stdout is no terminal. */
const PLAIN_WIDTH = 64;
/** Rows of a curve, about; there is a whole number of rows between two labels. */
const HEIGHT = 12;
/** Labels of the vertical axis, about. */
const LABELS = 4;
/** Characters that the labels of the vertical axis take, and the end of the horizontal one. */
const AXES = 16;

/** Characters across a curve: as many as the terminal has room for, at most 160; 64 in a file or pipe, as with 80 columns. */
export function chartColumns(): number {
  return process.stdout.isTTY ? Math.min(160, Math.max(24, terminalColumns() - AXES)) : PLAIN_WIDTH;
}

/** The smoothed curve in characters, with the suggestion below the axis; empty where there is nothing to draw. */
export function sweepChart({ curve, suggestion }: SweepResult): string {
  const all = curve
    .filter(({ smoothed }) => smoothed !== null)
    .map(({ rate, smoothed }): [number, number] => [Math.log10(rate), smoothed as number]);
  const [first, last] = [all.at(0)?.[0], all.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last) return '';
  const points = meanByColumn(all, first, last);
  const settings = { customXAxisTicks: decades(first, last) };
  const lines = drawLines([points], { settings, xText: (value) => `1e${value}` });
  if (!suggestion) return lines.join('\n');
  // The axis line starts at its corner, one column before the first point.
  const axis = lines.find((line) => line.includes('└')) as string;
  // A suggestion outside the few points of a sweep that stopped early is marked at the edge.
  const share = Math.min(1, Math.max(0, (Math.log10(suggestion.learningRate) - first) / (last - first)));
  const column = axis.indexOf('└') + 1 + Math.round(share * (chartColumns() - 1));
  return [...lines, `${' '.repeat(column)}▲ ${rateText(suggestion.learningRate)}`].join('\n');
}

/** One point a column: the mean of those in it, since pieces of several in one would not join. */
function meanByColumn(points: readonly [number, number][], first: number, last: number): [number, number][] {
  const columns = new Map<number, [number, number][]>();
  for (const point of points) {
    const column = Math.round(((point[0] - first) / (last - first)) * (chartColumns() - 1));
    columns.set(column, [...(columns.get(column) ?? []), point]);
  }
  return [...columns.values()].map((inside) => [(inside[0] as [number, number])[0], mean(inside.map(([, y]) => y))]);
}

/** The letter that identifies a curve in a chart and in the table next to it: a to z, then A to Z. */
export function letterOf(number: number): string {
  return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[number] ?? '*';
}

/** A curve of a chart. */
export interface Curve {
  /** The character that draws it, where it is not alone. */
  readonly symbol: string;
  /** From left to right, at most `chartColumns`. */
  readonly points: [x: number, y: number][];
}

/** The axes of a chart. */
export interface Axes {
  readonly xTicks: number[];
  readonly xText: (x: number) => string;
  /** Whether the values of the curves are logarithms to the base of ten. Default: no. */
  readonly isLog?: boolean;
  /** A value that the vertical axis begins with at the latest. Default: the lowest. */
  readonly from?: number;
}

/** Curves in characters: one alone as a line, several with a letter each. At least one must have a point. */
export function terminalCurves(curves: readonly Curve[], { xTicks, xText, ...axis }: Axes): string {
  const visible = curves.filter(({ points }) => points.length > 0);
  const settings: Settings = {
    customXAxisTicks: xTicks,
    ...(curves.length > 1 && { lineFormatter: letterLines(visible) }),
  };
  return drawLines(
    visible.map(({ points }) => points),
    { settings, xText, ...axis },
  ).join('\n');
}

/** Draws each curve with its letter, and vertical pieces where it jumps between rows. */
function letterLines(curves: readonly Curve[]): NonNullable<Settings['lineFormatter']> {
  let curve = -1;
  let before = 0;
  return ({ index, plotX: x, plotY }) => {
    // The curves are drawn one after the other; only the index tells where one begins.
    if (index === 0) curve += 1;
    const from = index === 0 ? plotY : before;
    before = plotY;
    const step = Math.sign(from - plotY);
    const rows = Array.from({ length: Math.max(1, Math.abs(from - plotY)) }, (_, i) => plotY + i * step);
    return rows.map((y) => ({ x, y, symbol: curves[curve]?.symbol ?? '' }));
  };
}

/** The least height of the vertical axis as a share of the largest value, so that noise does not fill it. */
const LEAST_SPAN = 0.05;

/** Draws lines between round numbers, each label beside the row of its value. */
function drawLines(
  lines: readonly Curve['points'][],
  { settings, xText, isLog = false, from }: Pick<Axes, 'xText' | 'isLog' | 'from'> & { settings: Settings },
): string[] {
  const values = [...lines.flatMap((points) => points.map(([, y]) => y)), ...(from === undefined ? [] : [from])];
  const labels = isLog ? powers(values) : roundLabels(values);
  const texts = isLog ? labels.map((value) => rateText(10 ** value)) : labelTexts(labels);
  // The library measures the labels of all values, and shows those of the ticks.
  const widest = texts.toSorted((one, other) => other.length - one.length)[0] as string;
  const rowsBetween = Math.max(1, Math.round(HEIGHT / (labels.length - 1)));
  const text = plot(lines.length === 1 ? (lines[0] as Curve['points']) : [...lines], {
    ...settings,
    width: chartColumns(),
    height: rowsBetween * (labels.length - 1) + 1,
    yRange: [labels[0] as number, labels.at(-1) as number],
    customYAxisTicks: labels,
    formatter: (value, { axis }) => (axis === 'x' ? xText(value) : (texts[labels.indexOf(value)] ?? widest)),
  });
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Round numbers around values. */
function roundLabels(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const least = LEAST_SPAN * (Math.max(Math.abs(low), Math.abs(high)) || 1);
  const missing = Math.max(0, least - (high - low)) / 2;
  return roundNumbers(low - missing, high + missing, LABELS);
}

/** Powers of ten around logarithms, at most about as many as there are labels. */
function powers(values: readonly number[]): number[] {
  const low = Math.floor(Math.min(...values) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.max(...values) - 1e-9));
  const stride = Math.ceil((high - low) / (LABELS + 2));
  const count = Math.ceil((high - low) / stride);
  return Array.from({ length: count + 1 }, (_, i) => low + i * stride);
}

/** Round numbers with as many digits after the point each; very large and small ones with an exponent. */
function labelTexts(labels: readonly number[]): string[] {
  const digits = Math.max(...labels.map((label) => String(label).split('.')[1]?.length ?? 0));
  const isPlain = labels.every((label) => label === 0 || (Math.abs(label) >= 1e-4 && Math.abs(label) < 1e6));
  return labels.map((label) => (isPlain ? label.toFixed(digits) : rateText(label)));
}

/** Whole powers of ten within the axis, at most six. */
function decades(first: number, last: number): number[] {
  const from = Math.ceil(first - 1e-9);
  const to = Math.floor(last + 1e-9);
  const stride = Math.max(1, Math.ceil((to - from) / 5));
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
}
