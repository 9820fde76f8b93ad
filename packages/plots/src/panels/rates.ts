import { type TimeFrame, timeEncoding } from '../axes/time-axis.js';
import { row, type ValueAxis, valueEncoding, withinSight } from '../axes/value-axis.js';
import type { View } from '../render/vega-lite.js';
import { thinLine } from '../curves/simplify-line.js';
import type { TimedRate } from '../curves/rate-line.js';
import { curveMark } from './curve-mark.js';
import { lineWidth } from './step-lines.js';

/** The learning rates of a training and how their line looks. */
export interface RateCurve {
  line: readonly TimedRate[];
  color: string;
  dash: readonly number[];
}

/**
 * Learning rates over the course of a training, the first on top, with the axis of time. Rates below a logarithmic axis, 0 among them,
 * leave it at the foot.
 */
export function ratesPanel(curves: readonly RateCurve[], frame: TimeFrame, axis: ValueAxis): View {
  return {
    width: frame.width,
    height: axis.height,
    encoding: { x: timeEncoding(frame, 'axis') },
    layer: curves.toReversed().map(({ line, color, dash }) => ({
      data: {
        values: thinLine(
          line.map(({ time, rate }) => ({ time, rate: withinSight(axis, rate) })),
          ({ time, rate }) => [(frame.width * time) / frame.last, row(axis, rate)],
        ),
      },
      mark: { ...curveMark, clip: axis.log === true, color, strokeWidth: lineWidth, strokeDash: [...dash] },
      encoding: { y: valueEncoding('rate', axis) },
    })),
  };
}
