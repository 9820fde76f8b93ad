import { logDomain, logShare, robustDomain } from '@lrfind/plots/page-parts';
import type { LivePanel } from '../src/live/live-state.js';

/** Where values are along an axis. */
export interface Scale {
  /** Both ends. */
  readonly domain: readonly [number, number];
  readonly log: boolean;
}

/** Losses that span more than this factor have a logarithmic axis; those of a sweep do not, whose descent is what counts. */
const LOG_SPAN = 30;

/** The share of a value's way along a scale, from 0 at its lower end. */
export function shareOf({ domain, log }: Scale, value: number): number {
  if (log) return value > 0 ? logShare(value, domain) : -1;
  const [low, high] = domain;
  return (value - low) / (high - low);
}

/** The horizontal scale of panels that share it. */
export function xScale(panels: readonly LivePanel[]): Scale {
  const { log } = (panels[0] as LivePanel).x;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const cover = (value: number) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { x, lines } of panels) {
    for (const value of x.domain ?? []) cover(value);
    for (const { points } of lines) {
      const [first, last] = [points[0], points.at(-1)];
      // Loose points are in the order of time.
      if (first && last) for (const [value] of [first, last, ...(log ? points : [])]) cover(value);
    }
  }
  if (!log) return { log, domain: [0, high > 0 ? high : 1] };
  return { log, domain: low <= high ? logDomain(low, high, 0.012) : [1e-4, 1] };
}

/** The vertical scale of panels that share it: all losses but those that rise far above where they began. */
export function yScale(panels: readonly LivePanel[]): Scale {
  const curves = panels.flatMap(({ lines }) =>
    lines.map(({ points }) => ({ values: points.map(([, y]) => y), diverged: true })),
  );
  const domain = robustDomain(curves, null, false);
  const values = curves.flatMap((curve) => curve.values).filter((value) => value <= domain[1]);
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  if (panels.some(({ y }) => y.fromZero)) return { log: false, domain: [0, domain[1]] };
  if (panels.some(({ x }) => x.log) || !(lowest > 0) || domain[1] / lowest < LOG_SPAN) return { log: false, domain };
  return { log: true, domain: logDomain(lowest, domain[1], 0.03) };
}

/** The scale before, where it still fits: an axis that changes with every point cannot be read. */
export function steady(before: Scale | undefined, now: Scale): Scale {
  if (!before || before.log !== now.log) return now;
  const [from, to] = [shareOf(before, now.domain[0]), shareOf(before, now.domain[1])];
  return from >= 0 && to <= 1 && to - from > 0.7 ? before : now;
}
