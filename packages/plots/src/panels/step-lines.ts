import { type StepFrame, stepEncoding } from '../axes/step-axis.js';
import { row, type ValueAxis, valueEncoding, withinSight } from '../axes/value-axis.js';
import type { Layer, View } from '../render/vega-lite.js';
import { type StepValue, stepLine } from '../curves/step-line.js';
import { thinLine } from '../curves/simplify-line.js';
import { curveMark } from './curve-mark.js';

/** A function of the step and how its line looks. */
export interface StepSeries {
  of: (step: number) => number;
  color: string;
  dash: readonly number[];
}

/** Width of the lines, in pixels. */
export const lineWidth = 2;

/**
 * Functions of the step as lines over each other. Values below a logarithmic axis, 0 among them, leave it at the bottom.
 *
 * @param axis of the values
 * @param show whether the panel bears the axis of steps or its grid lines only
 */
export function stepLines(
  series: readonly StepSeries[],
  frame: StepFrame,
  axis: ValueAxis,
  show: 'axis' | 'grid',
): View {
  const layer = series.map(({ of, color, dash }): Layer => {
    const line = stepLine((step) => withinSight(axis, of(step)), frame.last, frame.width);
    const place = ({ step, value }: StepValue) => [(frame.width * step) / frame.last, row(axis, value)] as const;
    return {
      data: { values: thinLine(line, place) },
      mark: { ...curveMark, clip: axis.log === true, color, strokeWidth: lineWidth, strokeDash: [...dash] },
      encoding: { y: valueEncoding('value', axis) },
    };
  });
  return { width: frame.width, height: axis.height, encoding: { x: stepEncoding(frame, show) }, layer };
}
