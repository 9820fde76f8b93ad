import type { Frame } from '../axes/rate-axis.js';
import { type ValueAxis, valueEncoding } from '../axes/value-axis.js';
import type { Layer } from '../render/vega-lite.js';
import type { Landmark } from '../captions/landmarks.js';

/** The vertical lines of the landmarks. */
export function lines(marks: readonly Landmark[]): Layer {
  return {
    data: { values: marks.map(({ rate, color, dash, strokeWidth }) => ({ rate, color, dash, strokeWidth })) },
    mark: {
      type: 'rule',
      color: { expr: 'datum.color' },
      strokeDash: { expr: 'datum.dash' },
      strokeWidth: { expr: 'datum.strokeWidth' },
    },
  };
}

/** The landmarks' dots on the curve of losses; none where the curve is beyond the panel. */
export function dots(marks: readonly Landmark[], { theme, size }: Frame, axis: ValueAxis): Layer {
  const [low, high] = axis.domain;
  const values = marks.flatMap(({ rate, loss, color }) =>
    loss !== null && loss >= low && loss <= high ? [{ rate, loss, color }] : [],
  );
  return {
    data: { values },
    mark: {
      type: 'point',
      fill: { expr: 'datum.color' },
      stroke: theme.background,
      strokeWidth: 1.5,
      opacity: 1,
      size: 6 * size,
    },
    encoding: { y: valueEncoding('loss', axis) },
  };
}
