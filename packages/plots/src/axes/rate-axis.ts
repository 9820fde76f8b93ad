import { logDomain, logShare } from '../curves/log-scale.js';
import type { Theme } from '../theme.js';
import { type Tick, tickProperties } from './ticks.js';

/** What all panels over learning rates share. Lengths are in pixels. */
export interface RateFrame {
  /** Width of the panels without their axes. */
  width: number;
  /** Font size. */
  size: number;
  theme: Theme;
  /** Both ends of the axis. */
  domain: readonly [number, number];
  ticks: readonly Tick[];
}

/** The position of a rate, in pixels from the left end of the panels. */
export function xPosition({ width, domain }: RateFrame, rate: number): number {
  return width * logShare(rate, domain);
}

/** A domain a little wider than the rates, so that the edge cuts no point in half. */
export function rateDomain([low, high]: readonly [number, number]): [number, number] {
  return logDomain(low, high, 0.012);
}

/** Encodes the rate as horizontal position: with the axis, with its grid lines only, or with neither. */
export function rateEncoding({ domain, ticks, size }: RateFrame, show: 'axis' | 'grid' | 'nothing') {
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
