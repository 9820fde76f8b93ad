import { textWidth } from '../text/width.js';
import { type Tick, tickProperties } from './ticks.js';

/** A panel's vertical axis. */
export interface ValueAxis {
  title: string;
  /** height of the panel, in pixels */
  height: number;
  /** both ends, the lower one first */
  domain: readonly [number, number];
  ticks: readonly Tick[];
  /** room for the texts of the ticks, in pixels */
  extent: number;
  /** whether values stand by their logarithms; both ends are then above 0 */
  log?: boolean;
}

/** Space between the texts of the ticks and the panel, in pixels. */
const padding = 6;

/** Room for the texts of ticks, in pixels. */
export function tickExtent(ticks: readonly Tick[], size: number): number {
  return padding + Math.ceil(Math.max(0, ...ticks.map(({ text }) => textWidth(text, size))));
}

/** The axis of a panel, with as many of the ticks as there is room for; zero is one of them if it was. */
export function valueAxis(axis: ValueAxis, size: number): ValueAxis {
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

/** Where a value stands, in pixels from the top of the panel. */
export function row({ height, domain: [low, high], log }: ValueAxis, value: number): number {
  if (log) return (height * Math.log(high / value)) / Math.log(high / low);
  return (height * (high - value)) / (high - low);
}

/**
 * A value of a curve, brought nearer where it lies far beyond the panel. Seen through the panel the curve is the same, but
 * a loss of 10³⁰ would be a place that no drawing program can count to.
 */
export function withinReach({ domain: [low, high] }: ValueAxis, value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  const reach = 20 * (high - low);
  return Math.min(Math.max(value, low - reach), high + reach);
}

/** A value below a logarithmic axis has, if any, a place too far down to be drawn; one a panel's height further down looks the same. */
export function withinSight({ domain: [low, high], log }: ValueAxis, value: number): number {
  return log ? Math.max(value, low * (low / high)) : value;
}

/** A field as the vertical place of a mark. */
export function valueEncoding(field: string, { title, domain, ticks, extent, log }: ValueAxis) {
  const { values, labelExpr } = tickProperties(ticks);
  // Of a logarithmic axis the minor ticks have no line: between two powers of ten there are eight.
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
