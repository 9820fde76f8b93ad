import type { SweepResult } from '@lrfind/core/results';
import { type RateFrame, rateEncoding } from '../axes/rate-axis.js';
import { clampFar, type ValueAxis, valueEncoding } from '../axes/value-axis.js';
import type { View } from '../layout/stacked-figure.js';
import { type Landmark, landmarkRules } from './landmarks.js';
import { lineMark } from './marks.js';
import { type RangeBand, rangeShading } from './range-band.js';

/** The domain of the axis of slopes: all of the fall, and at most as much of the rise. */
export function slopeDomain(slopes: readonly number[]): [number, number] {
  const fall = slopes.reduce((least, slope) => Math.min(least, slope), 0);
  const rise = slopes.reduce((most, slope) => Math.max(most, slope), 0);
  const top = fall < 0 ? Math.min(rise, -fall) : rise;
  const margin = (top - fall) * 0.08 || 1;
  return [fall - margin, top + margin];
}

/** The panel of how fast the smoothed loss changes with the rate, with the axis of rates. */
export function slopePanel(
  { curve }: SweepResult,
  marks: readonly Landmark[],
  band: RangeBand | null,
  frame: RateFrame,
  axis: ValueAxis,
): View {
  const { theme } = frame;
  const y = valueEncoding('slope', axis);
  return {
    name: 'slope',
    width: frame.width,
    height: axis.height,
    encoding: { x: rateEncoding(frame, 'axis') },
    layer: [
      rangeShading(band, frame),
      {
        data: { values: [{ slope: 0 }] },
        mark: { type: 'rule', color: theme.axis, strokeWidth: 1 },
        encoding: { x: { value: 0 }, x2: { value: frame.width }, y },
      },
      {
        data: { values: curve.map(({ rate, slope }) => ({ rate, slope: clampFar(axis, slope) })) },
        mark: { ...lineMark, color: theme.loss, strokeWidth: 1.75 },
        encoding: { y },
      },
      landmarkRules(marks),
    ],
  };
}
