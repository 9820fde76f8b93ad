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
  /** Whether it has labels; a panel that shares the axis of another has only the grid lines. Default true. */
  labels?: boolean;
}

/** Space between the labels and the panel, in pixels. */
const padding = 6;

/** Room for the labels of ticks, in pixels, for a font size in pixels. */
export function tickExtent(ticks: readonly Tick[], size: number): number {
  return padding + Math.ceil(Math.max(0, ...ticks.map(({ text }) => textWidth(text, size))));
}

/** The position of a value, in pixels from the top of the panel. */
export function yPosition({ height, domain: [low, high], log }: ValueAxis, value: number): number {
  if (log) return height * (1 - logShare(value, [low, high]));
  return (height * (high - value)) / (high - low);
}

/**
 * A value, clamped to twenty times the height of the panel below and above it, or to three decades of a logarithmic one, which has no
 * place for 0. The visible part of a curve stays the same,
 * but renderers cannot handle the position of a loss of 10³⁰.
 */
export function clampFar({ domain: [low, high], log }: ValueAxis, value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  if (log) return Math.min(Math.max(value, low * 1e-3 || Number.MIN_VALUE), Math.min(high * 1e3, Number.MAX_VALUE));
  const reach = 20 * (high - low);
  return Math.min(Math.max(value, low - reach), high + reach);
}

/** A value, clamped to a panel's height below a logarithmic axis, where 0 has no position at all. */
export function clampLow({ domain: [low, high], log }: ValueAxis, value: number): number {
  return log ? Math.max(value, low * (low / high), Number.MIN_VALUE) : value;
}

/** Encodes a field as vertical position. */
export function valueEncoding(field: string, { title, domain, ticks, extent, log, labels = true }: ValueAxis) {
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
      labels,
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
