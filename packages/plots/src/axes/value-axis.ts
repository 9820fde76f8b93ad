import { logShare } from '../curves/log-scale.js';
import { textWidth } from '../text/width.js';
import { type Tick, tickProperties } from './ticks.js';

/** The vertical axis of a panel. */
export interface ValueAxis {
  title: string;
  /** Height of the panel, in pixels. */
  height: number;
  /** Both ends, the lower one first. */
  domain: readonly [number, number];
  ticks: readonly Tick[];
  /** Room for the labels, in pixels. */
  extent: number;
  /** Whether the axis is logarithmic; both ends are then above 0. */
  log?: boolean;
}

/** Space between the labels and the panel, in pixels. */
const padding = 6;

/** Room for the labels of ticks, in pixels, for a font size in pixels. */
export function tickExtent(ticks: readonly Tick[], size: number): number {
  return padding + Math.ceil(Math.max(0, ...ticks.map(({ text }) => textWidth(text, size))));
}

/** The axis with only as many ticks as there is room for, at even distances; it keeps a tick at 0. */
export function withSpacedTicks(axis: ValueAxis, size: number): ValueAxis {
  const { ticks, domain, height } = axis;
  const [first, second] = ticks;
  if (first === undefined || second === undefined) return axis;
  const pitch = (height * (second.value - first.value)) / (domain[1] - domain[0]);
  const every = Math.ceil((1.4 * size) / pitch);
  const zero = Math.max(
    0,
    ticks.findIndex(({ value }) => value === 0),
  );
  return { ...axis, ticks: ticks.filter((_, index) => (index - zero) % every === 0) };
}

/** The position of a value, in pixels from the top of the panel. */
export function yPosition({ height, domain: [low, high], log }: ValueAxis, value: number): number {
  if (log) return height * (1 - logShare(value, [low, high]));
  return (height * (high - value)) / (high - low);
}

/**
 * A value, clamped to twenty times the height of the panel below and above it. The visible part of a curve stays the same,
 * but renderers cannot handle the position of a loss of 10³⁰.
 */
export function clampFar({ domain: [low, high] }: ValueAxis, value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  const reach = 20 * (high - low);
  return Math.min(Math.max(value, low - reach), high + reach);
}

/** A value, clamped to a panel's height below a logarithmic axis, where 0 has no position at all. */
export function clampLow({ domain: [low, high], log }: ValueAxis, value: number): number {
  return log ? Math.max(value, low * (low / high), Number.MIN_VALUE) : value;
}

/** Encodes a field as vertical position. */
export function valueEncoding(field: string, { title, domain, ticks, extent, log }: ValueAxis) {
  const { values, labelExpr } = tickProperties(ticks);
  // The minor ticks of a logarithmic axis have no grid line: there are eight between two powers of ten.
  const lines = log && { gridOpacity: { condition: { test: `(${labelExpr}) !== ''`, value: 1 }, value: 0 } };
  return {
    field,
    type: 'quantitative' as const,
    scale: { ...(log ? { type: 'log' as const } : { zero: false }), domain: [...domain], nice: false },
    axis: {
      values,
      labelExpr,
      title,
      grid: true,
      ...lines,
      domain: false,
      ticks: false,
      labelPadding: padding,
      minExtent: extent,
      maxExtent: extent,
    },
  };
}
