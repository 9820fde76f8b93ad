import { countText } from '@lrfind/core';
import { epochText } from '../captions/phrases.js';
import type { TimedRate } from '../curves/rate-line.js';
import type { CurvePoint } from '../curves/training-curve.js';
import type { TimeUnit } from '../curves/training-time.js';
import type { Readings, ReadSeries } from './chart.js';

/** A line over the time of a training: points, or a learning rate. */
export interface TimedSeries extends Omit<ReadSeries, 'values'> {
  points?: readonly Pick<CurvePoint, 'time' | 'value'>[];
  rates?: readonly TimedRate[];
}

/**
 * Readings over the time of trainings, at every time at which any line has a point.
 *
 * @param group the group that is shown first
 */
export function timedReadings(lines: readonly TimedSeries[], unit: TimeUnit, group: string): Readings {
  const stops = [...new Set(lines.flatMap(({ points = [] }) => points.map(({ time }) => time)))].sort((a, b) => a - b);
  const series = lines.map(({ points, rates, ...line }) => {
    const known = new Map(points?.map(({ time, value }) => [time, value]));
    return { ...line, values: stops.map((time) => (rates ? rateAt(rates, time) : (known.get(time) ?? null))) };
  });
  return {
    stops,
    titles: stops.map((time) => (unit === 'step' ? `step ${countText(time)}` : `epoch ${epochText(time)}`)),
    series: series.filter(({ values }) => values.some((value) => value !== null)),
    first: Math.max(0, stops.length - 1),
    group,
    along: `the ${unit}s`,
  };
}

/** The rate on the line as it is drawn; at a jump the later one. */
function rateAt(line: readonly TimedRate[], time: number): number | null {
  const before = line.findLast((point) => point.time <= time);
  const after = line.find((point) => point.time > time);
  if (!before) return null;
  if (!after) return before.time === time ? before.rate : null;
  return before.rate + ((after.rate - before.rate) * (time - before.time)) / (after.time - before.time);
}
