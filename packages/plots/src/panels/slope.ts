import type { SweepResult } from '@lrfind/core/results';
import { type Frame, rateEncoding } from '../axes/rate-axis.js';
import { type ValueAxis, valueEncoding, withinReach } from '../axes/value-axis.js';
import type { View } from '../render/vega-lite.js';
import type { Landmark } from '../captions/landmarks.js';
import { curveMark } from './curve-mark.js';
import { lines } from './landmark-layers.js';
import { type Band, shading } from './range-band.js';

/** The slopes worth showing: all of the fall, and of the rise as much as of the fall. */
export function slopeRange(slopes: readonly number[]): [number, number] {
  const fall = slopes.reduce((least, slope) => Math.min(least, slope), 0);
  const rise = slopes.reduce((most, slope) => Math.max(most, slope), 0);
  const top = fall < 0 ? Math.min(rise, -fall) : rise;
  const margin = (top - fall) * 0.08 || 1;
  return [fall - margin, top + margin];
}

/** How fast the smoothed loss changes with the rate, with the bearer of the axis of rates. */
export function slopePanel(
  run: SweepResult,
  marks: readonly Landmark[],
  band: Band | null,
  frame: Frame,
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
      shading(band, frame),
      {
        data: { values: [{ slope: 0 }] },
        mark: { type: 'rule', color: theme.axis, strokeWidth: 1 },
        encoding: { x: { value: 0 }, x2: { value: frame.width }, y },
      },
      {
        data: { values: run.curve.map(({ rate, slope }) => ({ rate, slope: withinReach(axis, slope) })) },
        mark: { ...curveMark, color: theme.loss, strokeWidth: 1.75 },
        encoding: { y },
      },
      lines(marks),
    ],
  };
}
