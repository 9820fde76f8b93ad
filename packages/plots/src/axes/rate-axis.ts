import type { Theme } from '../theme.js';
import { type Tick, tickProperties } from './ticks.js';

/** What the panels of a chart have in common: one axis of rates, one width, one look. Lengths are in pixels. */
export interface Frame {
  /** width of the panels, axes not counted */
  width: number;
  /** font size of axes, texts and key */
  size: number;
  theme: Theme;
  /** both ends of the axis of rates */
  domain: readonly [number, number];
  ticks: readonly Tick[];
}

/** Where a rate stands, in pixels from the left end of the panels. */
export function column({ width, domain: [low, high] }: Frame, rate: number): number {
  return (width * Math.log(rate / low)) / Math.log(high / low);
}

/** Both ends of an axis that reaches a little beyond the rates, so that no point is cut in half by the edge. */
export function rateDomain([low, high]: readonly [number, number]): [number, number] {
  const margin = low === high ? 2 : (high / low) ** 0.012;
  return [low / margin, high * margin];
}

/** The rate as the horizontal place of a mark: with the axis, with its grid lines only, or with neither. */
export function rateEncoding({ domain, ticks, size }: Frame, show: 'axis' | 'grid' | 'nothing') {
  const { values, labelExpr } = tickProperties(ticks);
  const labelled = { test: `(${labelExpr}) !== ''` };
  const lines = {
    values,
    grid: show === 'grid' || show === 'axis',
    gridOpacity: { condition: { ...labelled, value: 1 }, value: 0 },
  };
  const axis = {
    nothing: null,
    grid: { ...lines, domain: false, ticks: false, labels: false, title: null },
    axis: {
      ...lines,
      labelExpr,
      tickSize: { condition: { ...labelled, value: 5 }, value: 3 },
      title: 'learning rate (log scale)',
      titlePadding: size / 2,
    },
  }[show];
  return {
    field: 'rate',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...domain], nice: false },
    axis,
  };
}

/** Height that the axis of rates takes below a panel. */
export function rateAxisHeight({ size }: Pick<Frame, 'size'>): number {
  return Math.round(5 + 3 + size + size / 2 + size * 1.3);
}
