import { countText } from '@lrfind/core';
import type { TimeUnit } from '../curves/training-time.js';
import { textWidth } from '../text/width.js';
import type { Theme } from '../theme.js';
import { type Tick, tickProperties, valueTicks } from './ticks.js';

/** What all panels over the epochs or steps of a training share. Lengths are in pixels. */
export interface TimeFrame {
  /** Width of a panel without its axis. */
  width: number;
  /** Font size. */
  size: number;
  theme: Theme;
  unit: TimeUnit;
  /** The left end of the axis; default 0. */
  first?: number;
  /** The right end of the axis. */
  last: number;
  ticks: readonly Tick[];
}

/** The position of a time, in pixels from the left end of a panel. */
export function timePosition({ width, first = 0, last }: TimeFrame, time: number): number {
  return (width * (time - first)) / (last - first);
}

/** Whether a time is on the axis. */
export const isWithin =
  ({ first = 0, last }: TimeFrame) =>
  ({ time }: { readonly time: number }): boolean =>
    time >= first && time <= last;

/** The points on the axis of time, with the nearest one on each side, to which their line leads. */
export function nearTime<Point extends { readonly time: number }>(points: readonly Point[], frame: TimeFrame): Point[] {
  const { first = 0, last } = frame;
  const from = points.findLastIndex(({ time }) => time < first);
  const to = points.findIndex(({ time }) => time > last);
  return points.slice(Math.max(0, from), to < 0 ? undefined : to + 1);
}

/** About that many ticks are enough for any width. */
const maxTicks = 10;

/**
 * Ticks of the time of a training: whole epochs or steps; parts of an epoch only on an axis of less than one.
 *
 * @param last the right end of the axis, above 0
 * @param width length of the axis, in pixels
 * @param size font size, in pixels
 * @param first the left end of the axis
 */
export function timeTicks(last: number, width: number, size: number, first = 0): Tick[] {
  const widest = 2 * timeOverhang(last, size);
  const wanted = Math.min(maxTicks, Math.max(2, width / (1.5 * (widest + 2 * size))));
  const ticks = valueTicks([first, last], wanted)
    .filter(({ value }) => last - first < 1 || Number.isInteger(value))
    .map(({ value, text }) => ({ value, text: Number.isInteger(value) ? countText(value) : text }));
  // A short axis has no room for two long numbers beside the first.
  const pitch = (width * ((ticks[1]?.value ?? last) - (ticks[0]?.value ?? first))) / (last - first);
  const every = Math.ceil((widest + size / 2) / pitch);
  return ticks.map(({ value, text }, i) => ({ value, text: i % every === 0 ? text : '' }));
}

/** How far the last label extends beyond the right end of the axis, at most, in pixels. */
export function timeOverhang(last: number, size: number, first = 0): number {
  const parts = last - first < 1 ? valueTicks([first, last], maxTicks).map(({ text }) => text) : [];
  const widths = [countText(Math.ceil(last)), ...parts].map((text) => textWidth(text, size));
  return Math.ceil(Math.max(...widths) / 2);
}

/**
 * Ticks at whole steps.
 *
 * @param last the last step, which is the right end of the axis
 * @param width length of the axis, in pixels
 * @param size font size, in pixels
 * @param room how far a label may extend beyond the right end, in pixels; one that would extend further is left out
 */
export function stepTicks(last: number, width: number, size: number, room: number): Tick[] {
  const widest = textWidth(countText(last), size) + 2 * size;
  return valueTicks([0, last], Math.min(8, Math.max(2, width / (1.5 * widest))))
    .filter(({ value }) => Number.isInteger(value))
    .map(({ value }) => {
      const text = countText(value);
      return { value, text: (width * value) / last + textWidth(text, size) / 2 > width + room ? '' : text };
    });
}

/**
 * Encodes the time as horizontal position: with the axis, or with its grid lines only.
 *
 * @param field name of the data field that holds the time
 */
export function timeEncoding(
  { unit, first = 0, last, ticks, size }: TimeFrame,
  show: 'axis' | 'grid',
  field: 'time' | 'step' = 'time',
) {
  const bare = { domain: false, ticks: false, labels: false, title: null };
  return {
    field,
    type: 'quantitative' as const,
    scale: { domain: [first, last], nice: false, zero: false },
    axis: {
      ...tickProperties(ticks),
      grid: true,
      ...(show === 'grid' ? bare : { title: unit, titlePadding: size / 2 }),
    },
  };
}
