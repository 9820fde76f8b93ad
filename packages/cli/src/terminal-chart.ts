import type { Run } from '@lrfind/finder';
import { plot } from 'simple-ascii-chart';
import { rateText } from './numbers.js';

const width = 64;
const height = 10;

/** The smoothed curve in characters, with the answer marked below the axis; empty when there is nothing to draw. */
export function terminalChart({ curve, suggestion }: Run): string {
  const points = curve
    .filter(({ smoothed }) => smoothed !== null)
    .map(({ rate, smoothed }): [number, number] => [Math.log10(rate), smoothed as number]);
  const [first, last] = [points.at(0)?.[0], points.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last) return '';
  const drawn = plot(points, {
    width,
    height,
    customXAxisTicks: decades(first, last),
    formatter: (value, { axis }) => (axis === 'x' ? `1e${value}` : Number(value.toPrecision(3)).toString()),
  });
  const lines = drawn.split('\n').filter((line) => line.trim() !== '');
  if (!suggestion) return lines.join('\n');
  // The axis line starts at its corner, one column before the first point.
  const axis = lines.find((line) => line.includes('└')) as string;
  const column =
    axis.indexOf('└') + 1 + Math.round(((Math.log10(suggestion.learningRate) - first) / (last - first)) * (width - 1));
  return [...lines, `${' '.repeat(column)}▲ ${rateText(suggestion.learningRate)}`].join('\n');
}

/** Whole powers of ten within the axis, at most six. */
function decades(first: number, last: number): number[] {
  const from = Math.ceil(first - 1e-9);
  const to = Math.floor(last + 1e-9);
  const stride = Math.max(1, Math.ceil((to - from) / 5));
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
}
