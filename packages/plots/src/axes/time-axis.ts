import { textWidth } from '../text/width.js';
import type { Theme } from '../theme.js';
import type { TimeUnit } from '../curves/training-time.js';
import { type Tick, tickProperties, valueTicks } from './ticks.js';

/** What panels over the course of a training have in common: one axis, one width, one look. Lengths are in pixels. */
export interface TimeFrame {
  /** width of a panel, axes not counted */
  width: number;
  /** font size of axes, texts and key */
  size: number;
  theme: Theme;
  unit: TimeUnit;
  /** the right end; the left end is 0 */
  last: number;
  ticks: readonly Tick[];
}

/** So many ticks are enough for any width, more or less. */
const mostTicks = 10;

/**
 * Ticks of a training's course: whole epochs or steps, and parts of an epoch only where not even one is whole.
 *
 * @param last the right end of the axis, above 0
 * @param width length of the axis in pixels
 * @param size font size in pixels
 */
export function timeTicks(last: number, width: number, size: number): Tick[] {
  const widest = 2 * timeOverhang(last, size);
  const wanted = Math.min(mostTicks, Math.max(2, width / (1.5 * (widest + 2 * size))));
  const ticks = valueTicks([0, last], wanted)
    .filter(({ value }) => last < 1 || Number.isInteger(value))
    .map(({ value, text }) => ({ value, text: Number.isInteger(value) ? wholeText(value) : text }));
  // Of long numbers on a short axis not even two have room beside the first.
  const pitch = (width * (ticks[1]?.value ?? last)) / last;
  const every = Math.ceil((widest + size / 2) / pitch);
  return ticks.map(({ value, text }, i) => ({ value, text: i % every === 0 ? text : '' }));
}

/** How far the last text sticks out beyond the right end, at most, in pixels. */
export function timeOverhang(last: number, size: number): number {
  const parts = last < 1 ? valueTicks([0, last], mostTicks).map(({ text }) => text) : [];
  const widths = [wholeText(Math.ceil(last)), ...parts].map((text) => textWidth(text, size));
  return Math.ceil(Math.max(...widths) / 2);
}

/** The time as the horizontal place of a mark: with the axis, or with its grid lines only. */
export function timeEncoding({ unit, last, ticks, size }: TimeFrame, show: 'axis' | 'grid') {
  const bare = { domain: false, ticks: false, labels: false, title: null };
  return {
    field: 'time',
    type: 'quantitative' as const,
    scale: { domain: [0, last], nice: false, zero: false },
    axis: {
      ...tickProperties(ticks),
      grid: true,
      ...(show === 'grid' ? bare : { title: unit, titlePadding: size / 2 }),
    },
  };
}

function wholeText(value: number): string {
  return value.toLocaleString('en-US');
}
