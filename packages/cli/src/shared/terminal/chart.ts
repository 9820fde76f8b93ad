import type { SweepResult } from '@lrfind/core/results';
import { plot, type Settings } from 'simple-ascii-chart';
import { rateText } from './numbers.js';

const width = 64;
const height = 10;

/** How many characters a curve is wide. */
export const columns = width;

/** The smoothed curve in characters, with the answer marked below the axis; empty when there is nothing to draw. */
export function terminalChart({ curve, suggestion }: SweepResult): string {
  const points = curve
    .filter(({ smoothed }) => smoothed !== null)
    .map(({ rate, smoothed }): [number, number] => [Math.log10(rate), smoothed as number]);
  const [first, last] = [points.at(0)?.[0], points.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last) return '';
  const lines = drawn(points, {
    customXAxisTicks: decades(first, last),
    formatter: (value, { axis }) => (axis === 'x' ? `1e${value}` : Number(value.toPrecision(3)).toString()),
  });
  if (!suggestion) return lines.join('\n');
  // The axis line starts at its corner, one column before the first point.
  const axis = lines.find((line) => line.includes('└')) as string;
  // A rate beyond the few points of a sweep that ended at once is marked at the edge.
  const share = Math.min(1, Math.max(0, (Math.log10(suggestion.learningRate) - first) / (last - first)));
  const column = axis.indexOf('└') + 1 + Math.round(share * (width - 1));
  return [...lines, `${' '.repeat(column)}▲ ${rateText(suggestion.learningRate)}`].join('\n');
}

/** The letter of a curve, by which chart and table are read together: a to z, then A to Z. */
export function letterOf(number: number): string {
  return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[number] ?? '*';
}

/** A curve of a chart with several. */
export interface Curve {
  /** The character that it is drawn with, where it is not alone. */
  readonly symbol: string;
  /** From left to right, as many as there are columns. */
  readonly points: [x: number, y: number][];
}

/** The axes of a chart with several curves. */
export interface Axes {
  /** Lowest and highest value. */
  readonly ends: [number, number];
  readonly xTicks: number[];
  readonly yTicks: number[];
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
}

/** Curves in characters: one alone as a line, several with a letter each. At least one has a point. */
export function terminalCurves(curves: readonly Curve[], { ends, xTicks, yTicks, xText, yText }: Axes): string {
  const some = curves.filter(({ points }) => points.length > 0);
  const axes: Settings = {
    yRange: ends,
    customXAxisTicks: xTicks,
    customYAxisTicks: yTicks,
    formatter: (value, { axis }) => (axis === 'x' ? xText(value) : yText(value)),
  };
  const lines = drawn(
    some.map(({ points }) => points),
    curves.length === 1 ? axes : { ...axes, lineFormatter: lettering(some) },
  );
  return lines.join('\n');
}

/** Draws each curve with its letter, and upright pieces where it leaps from one row to another. */
function lettering(curves: readonly Curve[]): NonNullable<Settings['lineFormatter']> {
  let curve = -1;
  let before = 0;
  return ({ index, plotX: x, plotY }) => {
    // The curves come one after the other; nothing else tells them apart.
    if (index === 0) curve += 1;
    const from = index === 0 ? plotY : before;
    before = plotY;
    const step = Math.sign(from - plotY);
    const rows = Array.from({ length: Math.max(1, Math.abs(from - plotY)) }, (_, i) => plotY + i * step);
    return rows.map((y) => ({ x, y, symbol: curves[curve]?.symbol ?? '' }));
  };
}

function drawn(points: Parameters<typeof plot>[0], settings: Settings): string[] {
  const text = plot(points, { width, height, ...settings });
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Whole powers of ten within the axis, at most six. */
function decades(first: number, last: number): number[] {
  const from = Math.ceil(first - 1e-9);
  const to = Math.floor(last + 1e-9);
  const stride = Math.max(1, Math.ceil((to - from) / 5));
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
}
