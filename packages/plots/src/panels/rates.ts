import { isWithin, nearTime, type TimeFrame, timeEncoding, timePosition } from '../axes/time-axis.js';
import { clampLow, type ValueAxis, valueEncoding, yPosition } from '../axes/value-axis.js';
import type { TimedRate } from '../curves/rate-line.js';
import { simplifyLine } from '../curves/simplify.js';
import { type StepValue, stepLine } from '../curves/step-line.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import { lineMark, rateLineWidth } from './marks.js';

/** The learning rates of a training, and the style of their line. */
export interface RateCurve {
  line: readonly TimedRate[];
  color: string;
  dash: readonly number[];
}

/**
 * A panel of the learning rates of trainings, the first on top, with the axis of time. Rates below a logarithmic axis, such
 * as 0, leave it at the bottom.
 */
export function ratesPanel(curves: readonly RateCurve[], frame: TimeFrame, axis: ValueAxis): View {
  return {
    width: frame.width,
    height: axis.height,
    encoding: { x: timeEncoding(frame, 'axis') },
    layer: curves.toReversed().map(({ line, color, dash }) => ({
      data: {
        values: simplifyLine(
          nearTime(line, frame).map(({ time, rate }) => ({ time, rate: clampLow(axis, rate) })),
          ({ time, rate }) => [timePosition(frame, time), yPosition(axis, rate)],
        ),
      },
      mark: {
        ...lineMark,
        // Unclipped where nothing is outside, as a line along the edge would be cut to half its width.
        clip: axis.log === true || !line.every(isWithin(frame)),
        ...{ color, strokeWidth: rateLineWidth, strokeDash: [...dash] },
      },
      encoding: { y: valueEncoding('rate', axis) },
    })),
  };
}

/** A function of the step, and the style of its line. */
export interface StepSeries {
  of: (step: number) => number;
  color: string;
  dash: readonly number[];
}

/**
 * A panel of functions of the step. Values below a logarithmic axis, such as 0, leave it at the bottom.
 *
 * @param show whether the panel has the axis of steps or its grid lines only
 */
export function stepPanel(
  series: readonly StepSeries[],
  frame: TimeFrame,
  axis: ValueAxis,
  show: 'axis' | 'grid',
): View {
  const layer = series.map(({ of, color, dash }): Layer => {
    const line = stepLine((step) => clampLow(axis, of(step)), frame.last, frame.width);
    const position = ({ step, value }: StepValue) => [timePosition(frame, step), yPosition(axis, value)] as const;
    return {
      data: { values: simplifyLine(line, position) },
      mark: { ...lineMark, clip: axis.log === true, color, strokeWidth: rateLineWidth, strokeDash: [...dash] },
      encoding: { y: valueEncoding('value', axis) },
    };
  });
  return { width: frame.width, height: axis.height, encoding: { x: timeEncoding(frame, show, 'step') }, layer };
}
