import { textWidth } from '../text/width.js';
import type { Theme } from '../theme.js';
import { type Tick, tickProperties, valueTicks } from './ticks.js';

/** What the panels over the steps of a training have in common: one axis, one width, one look. Lengths are in pixels. */
export interface StepFrame {
  /** width of the panels, axes not counted */
  width: number;
  /** font size of axes, texts and key */
  size: number;
  theme: Theme;
  /** the last step; the first is 0 */
  last: number;
  ticks: readonly Tick[];
}

/** A step as it is written: `20,000`. */
export function stepText(step: number): string {
  return step.toLocaleString('en-US');
}

/**
 * Ticks at whole steps.
 *
 * @param room how far a text may stick out beyond the right end, in pixels; one that would is left out
 */
export function stepTicks(last: number, width: number, size: number, room: number): Tick[] {
  const widest = textWidth(stepText(last), size) + 2 * size;
  return valueTicks([0, last], Math.min(8, Math.max(2, width / (1.5 * widest))))
    .filter(({ value }) => Number.isInteger(value))
    .map(({ value }) => {
      const text = stepText(value);
      return { value, text: (width * value) / last + textWidth(text, size) / 2 > width + room ? '' : text };
    });
}

/** The step as the horizontal place of a mark: with the axis, or with its grid lines only. */
export function stepEncoding({ last, ticks, size }: StepFrame, show: 'axis' | 'grid') {
  const bare = { domain: false, ticks: false, labels: false, title: null };
  return {
    field: 'step',
    type: 'quantitative' as const,
    scale: { domain: [0, last], nice: false, zero: false },
    axis: {
      ...tickProperties(ticks),
      grid: true,
      ...(show === 'grid' ? bare : { title: 'step', titlePadding: size / 2 }),
    },
  };
}
