import type { CurvePoint } from '@lrfind/core/results';
import { type RateFrame, rateEncoding } from '../axes/rate-axis.js';
import { clampFar, type ValueAxis, valueEncoding } from '../axes/value-axis.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import type { SeriesStyle } from '../theme.js';
import { dotMark, lineMark, message } from './marks.js';

/** The losses of a group over its rates, and the style of their line. */
export interface GroupLine extends SeriesStyle {
  readonly curve: readonly CurvePoint[];
  /** Width of the line, in pixels. */
  readonly strokeWidth: number;
  /** Opacity of the quartiles; 0 for none. */
  readonly band: number;
  /** The suggestion, its interval, and the loss at it; null where there is none. */
  readonly suggestion: {
    readonly rate: number;
    readonly low: number;
    readonly high: number;
    readonly loss: number;
  } | null;
}

/** The panel of the losses of groups, with the axis of rates, the first line on top. A dot is a suggestion, a bar its interval. */
export function groupLossPanel(lines: readonly GroupLine[], frame: RateFrame, axis: ValueAxis): View {
  const behind = lines.toReversed();
  const measured = lines.some(({ curve }) => curve.some(({ smoothed }) => Number.isFinite(smoothed)));
  return {
    name: 'loss',
    width: frame.width,
    height: axis.height,
    encoding: { x: rateEncoding(frame, 'axis') },
    layer: [
      ...behind.map((line) => quartiles(line, axis)),
      ...behind.map((line) => smoothed(line, axis)),
      ...intervals(lines, axis),
      dots(lines, frame, axis),
      ...(measured ? [] : [message('no finite loss was measured', frame, axis)]),
    ],
  };
}

function smoothed({ curve, color, dash, strokeWidth }: GroupLine, axis: ValueAxis): Layer {
  return {
    data: { values: curve.map(({ rate, smoothed: loss }) => ({ rate, loss: clampFar(axis, loss) })) },
    mark: { ...lineMark, color, strokeWidth, strokeDash: [...dash] },
    encoding: { y: valueEncoding('loss', axis) },
  };
}

function quartiles({ curve, color, band }: GroupLine, axis: ValueAxis): Layer {
  const values = (band === 0 ? [] : curve).map(({ rate, low, high }) => ({
    rate,
    loss: clampFar(axis, low),
    high: clampFar(axis, high),
  }));
  return {
    data: { values },
    mark: { ...lineMark, type: 'area', line: false, color, opacity: 1, fillOpacity: band },
    encoding: { y: valueEncoding('loss', axis), y2: { field: 'high' } },
  };
}

/** The suggestions whose losses are within the panel. */
function shown(lines: readonly GroupLine[], { domain: [least, most] }: ValueAxis) {
  return lines.flatMap(({ suggestion, color }) =>
    suggestion && suggestion.loss >= least && suggestion.loss <= most ? [{ ...suggestion, color }] : [],
  );
}

/** A bar from one end of each interval to the other, with a tick at both. */
function intervals(lines: readonly GroupLine[], axis: ValueAxis): Layer[] {
  const values = shown(lines, axis);
  const color = { expr: 'datum.color' };
  const y = valueEncoding('loss', axis);
  return [
    {
      data: { values: values.map(({ low, high, ...rest }) => ({ ...rest, rate: low, end: high })) },
      mark: { type: 'rule', color, strokeWidth: 1.5 },
      encoding: { x2: { field: 'end' }, y },
    },
    {
      data: { values: values.flatMap(({ low, high, ...rest }) => [low, high].map((rate) => ({ ...rest, rate }))) },
      mark: { type: 'tick', orient: 'vertical', color, thickness: 1.5, size: 9, opacity: 1 },
      encoding: { y },
    },
  ];
}

function dots(lines: readonly GroupLine[], { theme, size }: RateFrame, axis: ValueAxis): Layer {
  return {
    data: { values: shown(lines, axis) },
    mark: dotMark(theme, size),
    encoding: { y: valueEncoding('loss', axis) },
  };
}
