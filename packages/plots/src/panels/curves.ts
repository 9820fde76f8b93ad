import { type TimeFrame, timeEncoding } from '../axes/time-axis.js';
import { row, type ValueAxis, valueEncoding, withinReach } from '../axes/value-axis.js';
import type { Layer, View } from '../render/vega-lite.js';
import { thinLine } from '../curves/simplify-line.js';
import type { CurvePoint } from '../curves/training-curve.js';
import { curveMark } from './curve-mark.js';
import { message } from './message.js';

/** A line over the course of a training, and how it looks. */
export interface Curve {
  points: readonly Pick<CurvePoint, 'time' | 'value' | 'low' | 'high'>[];
  color: string;
  dash: readonly number[];
  /** width of the line, in pixels */
  strokeWidth: number;
  /** whether each point is a dot; one that is alone always is */
  dots: boolean;
  /** opacity of the band from the lowest to the highest seed; 0 for none */
  band: number;
}

/** A mark on a curve; beyond the panel it stands at the edge. */
export interface CurveFlag {
  time: number;
  value: number;
  /** an SVG path on a square from -1 to 1 */
  shape: string;
  color: string;
}

/** A vertical line through a panel. */
export interface Upright {
  time: number;
  color: string;
}

/** Area of the marks on curves, in square pixels. */
export const flagArea = 60;

/**
 * Lines over each other, the first on top, with their bands and marks. What lies beyond the axis is cut off.
 *
 * @param show whether the panel bears the axis of time or its grid lines only
 */
export function curvesPanel(
  curves: readonly Curve[],
  flags: readonly CurveFlag[],
  uprights: readonly Upright[],
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
      ...behind.flatMap((curve) => bandOf(curve, frame, axis)),
      upright(uprights),
      ...behind.map((curve) => lineOf(curve, frame, axis)),
      ...behind.flatMap((curve) => dotsOf(curve, frame, axis)),
      ...flagLayers(flags, frame, axis),
      ...(curves.every(({ points }) => points.length === 0)
        ? [message('nothing finite was measured', frame, axis)]
        : []),
    ],
  };
}

function lineOf({ points, color, dash, strokeWidth }: Curve, frame: TimeFrame, axis: ValueAxis): Layer {
  const near = points.map(({ time, value }) => ({ time, value: withinReach(axis, value) as number }));
  return {
    data: { values: thinLine(near, ({ time, value }) => [column(frame, time), row(axis, value)]) },
    mark: { ...curveMark, color, strokeWidth, strokeDash: [...dash] },
    encoding: { y: valueEncoding('value', axis) },
  };
}

function bandOf({ points, color, band }: Curve, frame: TimeFrame, axis: ValueAxis): Layer[] {
  if (band === 0 || points.every(({ low, high }) => low === high)) return [];
  const near = points.map(({ time, low, high }) => ({
    time,
    low: withinReach(axis, low) as number,
    high: withinReach(axis, high) as number,
  }));
  // Of long trainings a point for every two pixels; both edges must keep the same points.
  const every = Math.ceil((2 * near.length) / frame.width);
  return [
    {
      data: { values: near.filter((_, i) => i % every === 0 || i === near.length - 1) },
      mark: { ...curveMark, type: 'area', line: false, color, opacity: 1, fillOpacity: band },
      encoding: { y: valueEncoding('low', axis), y2: { field: 'high' } },
    },
  ];
}

function dotsOf({ points, color, dots }: Curve, { size, theme }: TimeFrame, axis: ValueAxis): Layer[] {
  if (!dots && points.length !== 1) return [];
  const [low, high] = axis.domain;
  const values = points
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

function upright(uprights: readonly Upright[]): Layer {
  return {
    data: { values: uprights.map(({ time, color }) => ({ time, color })) },
    mark: { type: 'rule', color: { expr: 'datum.color' }, strokeDash: [2, 3], strokeWidth: 1.5 },
  };
}

/** Each mark with an edge of the background's colour, which keeps it apart from the line that it stands on. */
function flagLayers(flags: readonly CurveFlag[], { theme }: TimeFrame, axis: ValueAxis): Layer[] {
  const [low, high] = axis.domain;
  const values = flags.map(({ value, ...flag }) => ({ ...flag, value: Math.min(Math.max(value, low), high) }));
  const mark = { type: 'point', shape: { expr: 'datum.shape' }, opacity: 1, size: flagArea } as const;
  return [
    {
      data: { values },
      mark: { ...mark, fill: 'transparent', stroke: theme.background, strokeWidth: 5 },
      encoding: { y: valueEncoding('value', axis) },
    },
    {
      data: { values },
      mark: { ...mark, fill: 'transparent', stroke: { expr: 'datum.color' }, strokeWidth: 2.25 },
      encoding: { y: valueEncoding('value', axis) },
    },
  ];
}

function column({ width, last }: TimeFrame, time: number): number {
  return (width * time) / last;
}
