import { isWithin, nearTime, type TimeFrame, timeEncoding, timePosition } from '../axes/time-axis.js';
import { clampFar, type ValueAxis, valueEncoding, yPosition } from '../axes/value-axis.js';
import { simplifyLine } from '../curves/simplify.js';
import type { CurvePoint } from '../curves/training-curve.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import { lineMark, message } from './marks.js';

/** A line over the time of a training, and its style. */
export interface Curve {
  points: readonly Pick<CurvePoint, 'time' | 'value' | 'low' | 'high'>[];
  color: string;
  dash: readonly number[];
  /** Width of the line, in pixels; 0 for a band alone. */
  strokeWidth: number;
  /** Whether each point has a dot; a single point always has one. */
  dots: boolean;
  /** Opacity of the band from the lowest to the highest seed; 0 for none. */
  band: number;
}

/** A mark on a curve; outside the panel it is drawn at the edge. */
export interface CurveMark {
  time: number;
  value: number;
  /** An SVG path on a square from -1 to 1. */
  shape: string;
  color: string;
}

/** A vertical line through a panel. */
export interface TimeRule {
  time: number;
  color: string;
}

/** Area of the marks on curves, in square pixels. */
export const markArea = 60;

/**
 * A panel of curves with their bands and marks, the first curve on top. What is outside the axis is clipped.
 *
 * @param show whether the panel has the axis of time or its grid lines only
 */
export function curvesPanel(
  curves: readonly Curve[],
  marks: readonly CurveMark[],
  rules: readonly TimeRule[],
  frame: TimeFrame,
  axis: ValueAxis,
  show: 'axis' | 'grid',
): View {
  const behind = curves.toReversed();
  return {
    width: frame.width,
    height: axis.height,
    encoding: { x: timeEncoding(frame, show) },
    layer: [
      ...behind.flatMap((curve) => bandLayers(curve, frame, axis)),
      ruleLayer(rules.filter(isWithin(frame))),
      ...behind.filter(({ strokeWidth }) => strokeWidth > 0).map((curve) => lineLayer(curve, frame, axis)),
      ...behind.flatMap((curve) => dotLayers(curve, frame, axis)),
      ...markLayers(marks, frame, axis),
      ...(curves.every(({ points }) => points.length === 0)
        ? [message('nothing finite was measured', frame, axis)]
        : []),
    ],
  };
}

function lineLayer({ points, color, dash, strokeWidth }: Curve, frame: TimeFrame, axis: ValueAxis): Layer {
  const near = nearTime(points, frame).map(({ time, value }) => ({ time, value: clampFar(axis, value) as number }));
  return {
    data: { values: simplifyLine(near, ({ time, value }) => [timePosition(frame, time), yPosition(axis, value)]) },
    mark: { ...lineMark, color, strokeWidth, strokeDash: [...dash] },
    encoding: { y: valueEncoding('value', axis) },
  };
}

function bandLayers({ points, color, band }: Curve, frame: TimeFrame, axis: ValueAxis): Layer[] {
  if (band === 0 || points.every(({ low, high }) => low === high)) return [];
  const near = nearTime(points, frame).map(({ time, low, high }) => ({
    time,
    low: clampFar(axis, low) as number,
    high: clampFar(axis, high) as number,
  }));
  // A long training keeps one point for every two pixels; both edges must keep the same points.
  const every = Math.ceil((2 * near.length) / frame.width);
  return [
    {
      data: { values: near.filter((_, i) => i % every === 0 || i === near.length - 1) },
      mark: { ...lineMark, type: 'area', line: false, color, opacity: 1, fillOpacity: band },
      encoding: { y: valueEncoding('low', axis), y2: { field: 'high' } },
    },
  ];
}

function dotLayers({ points, color, dots }: Curve, frame: TimeFrame, axis: ValueAxis): Layer[] {
  if (!dots && points.length !== 1) return [];
  const { size, theme } = frame;
  const [low, high] = axis.domain;
  const values = points
    .filter(isWithin(frame))
    .filter(({ value }) => value >= low && value <= high)
    .map(({ time, value }) => ({ time, value }));
  return [
    {
      data: { values },
      mark: { type: 'point', fill: color, stroke: theme.background, strokeWidth: 1, opacity: 1, size: 3.5 * size },
      encoding: { y: valueEncoding('value', axis) },
    },
  ];
}

function ruleLayer(rules: readonly TimeRule[]): Layer {
  return {
    data: { values: rules.map(({ time, color }) => ({ time, color })) },
    mark: { type: 'rule', color: { expr: 'datum.color' }, strokeDash: [2, 3], strokeWidth: 1.5 },
  };
}

/** Each mark has an edge in the background colour, which separates it from its line. */
function markLayers(marks: readonly CurveMark[], frame: TimeFrame, axis: ValueAxis): Layer[] {
  const { theme } = frame;
  const [low, high] = axis.domain;
  const values = marks
    .filter(isWithin(frame))
    .map(({ value, ...mark }) => ({ ...mark, value: Math.min(Math.max(value, low), high) }));
  const point = { type: 'point', shape: { expr: 'datum.shape' }, opacity: 1, size: markArea } as const;
  return [
    {
      data: { values },
      mark: { ...point, fill: 'transparent', stroke: theme.background, strokeWidth: 5 },
      encoding: { y: valueEncoding('value', axis) },
    },
    {
      data: { values },
      mark: { ...point, fill: 'transparent', stroke: { expr: 'datum.color' }, strokeWidth: 2.25 },
      encoding: { y: valueEncoding('value', axis) },
    },
  ];
}
