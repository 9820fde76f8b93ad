import { rateText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { plot, type Settings } from 'simple-ascii-chart';
import { terminalColumns } from './text.js';

/** Characters across a curve where stdout is no terminal. */
const PLAIN_WIDTH = 64;
const HEIGHT = 10;
/** Characters that the labels of the vertical axis take, and the end of the horizontal one. */
const AXES = 16;

/** Characters across a curve: as many as the terminal has room for, at most 160; 64 in a file or pipe, as with 80 columns. */
export function chartColumns(): number {
  return process.stdout.isTTY ? Math.min(160, Math.max(24, terminalColumns() - AXES)) : PLAIN_WIDTH;
}

/** The smoothed curve in characters, with the suggestion below the axis; empty where there is nothing to draw. */
export function sweepChart({ curve, suggestion }: SweepResult): string {
  const points = curve
    .filter(({ smoothed }) => smoothed !== null)
    .map(({ rate, smoothed }): [number, number] => [Math.log10(rate), smoothed as number]);
  const [first, last] = [points.at(0)?.[0], points.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last) return '';
  const lines = drawLines(points, {
    customXAxisTicks: decades(first, last),
    formatter: (value, { axis }) => (axis === 'x' ? `1e${value}` : Number(value.toPrecision(3)).toString()),
  });
  if (!suggestion) return lines.join('\n');
  // The axis line starts at its corner, one column before the first point.
  const axis = lines.find((line) => line.includes('└')) as string;
  // A suggestion outside the few points of a sweep that stopped early is marked at the edge.
  const share = Math.min(1, Math.max(0, (Math.log10(suggestion.learningRate) - first) / (last - first)));
  const column = axis.indexOf('└') + 1 + Math.round(share * (chartColumns() - 1));
  return [...lines, `${' '.repeat(column)}▲ ${rateText(suggestion.learningRate)}`].join('\n');
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
  /** Lowest and highest value. */
  readonly range: [number, number];
  readonly xTicks: number[];
  readonly yTicks: number[];
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
}

/** Curves in characters: one alone as a line, several with a letter each. At least one must have a point. */
export function terminalCurves(curves: readonly Curve[], { range, xTicks, yTicks, xText, yText }: Axes): string {
  const visible = curves.filter(({ points }) => points.length > 0);
  const axes: Settings = {
    yRange: range,
    customXAxisTicks: xTicks,
    customYAxisTicks: yTicks,
    formatter: (value, { axis }) => (axis === 'x' ? xText(value) : yText(value)),
  };
  const lines = drawLines(
    visible.map(({ points }) => points),
    curves.length === 1 ? axes : { ...axes, lineFormatter: letterLines(visible) },
  );
  return lines.join('\n');
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

function drawLines(points: Parameters<typeof plot>[0], settings: Settings): string[] {
  const text = plot(points, { width: chartColumns(), height: HEIGHT, ...settings });
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Whole powers of ten within the axis, at most six. */
function decades(first: number, last: number): number[] {
  const from = Math.ceil(first - 1e-9);
  const to = Math.floor(last + 1e-9);
  const stride = Math.max(1, Math.ceil((to - from) / 5));
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
}
