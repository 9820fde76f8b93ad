import { spansDecade } from '@lrfind/core';
import { durationText } from '../captions/phrases.js';
import { logDomain, logShare } from '../curves/log-scale.js';
import { padded } from '../curves/robust-domain.js';
import type { TimeUnit } from '../curves/training-time.js';
import type { TrialCurve } from '../panels/trial-curves.js';
import type { Scale } from './loss-scale.js';

/** The last part of trainings, whose best trials cannot be told apart on the axis of the whole. */
export interface EnlargedPart {
  readonly time: readonly [first: number, last: number];
  /** Such as `last 4 epochs`. */
  text(unit: TimeUnit): string;
  /** The scale of an axis for that part of some curves of the same trials. */
  scaleOf(curves: readonly TrialCurve[]): Scale;
}

/** The best trials run together where their ends are within this share of the axis. */
const TOGETHER = 0.15;

/** Fewer evaluations show their end well enough. */
const LEAST_EVALUATIONS = 6;

/** The enlarged axis must be at most this share of the whole one. */
const ENLARGES = 0.6;

/**
 * The last third of the trainings, where the better half of the trials runs together at its end.
 *
 * @param curves of all trials, best first
 * @param scale of their axis
 * @returns null where the end can be seen on that axis, or there is nothing to compare
 */
export function enlargedPart(curves: readonly TrialCurve[], { domain, log }: Scale): EnlargedPart | null {
  const finished = curves.filter(({ ranked, points }) => ranked.outcome === 'finished' && points.length > 0);
  const better = finished.slice(0, Math.max(2, Math.ceil(finished.length / 2)));
  const times = (better[0]?.points ?? []).filter(({ step }) => step > 0).map(({ time }) => time);
  if (better.length < 2 || times.length < LEAST_EVALUATIONS) return null;
  const share = (value: number) =>
    log ? logShare(Math.max(value, domain[0]), domain) : (value - domain[0]) / (domain[1] - domain[0]);
  const ends = better.map(({ points }) => share(points.at(-1)?.value as number));
  if (Math.max(...ends) - Math.min(...ends) > TOGETHER) return null;
  const first = times.at(-Math.max(3, Math.ceil(times.length / 3))) as number;
  const last = Math.max(...better.map(({ points }) => points.at(-1)?.time as number));
  const names = new Set(better.map(({ ranked }) => ranked.name));
  const scaleOf = (of: readonly TrialCurve[]): Scale => {
    const values = of
      .filter(({ ranked }) => names.has(ranked.name))
      .flatMap(({ points }) => points.filter(({ time }) => time >= first).flatMap(({ low, high }) => [low, high]));
    if (values.length === 0) return { domain, log };
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return spansDecade(values)
      ? { domain: logDomain(low, high, 0.05), log: true }
      : { domain: padded(low, high), log: false };
  };
  const part = scaleOf(curves);
  if (Math.abs(share(part.domain[1]) - share(part.domain[0])) > ENLARGES) return null;
  return { time: [first, last], text: (unit) => `last ${durationText(last - first, unit)}`, scaleOf };
}
