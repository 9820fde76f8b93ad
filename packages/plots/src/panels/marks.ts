import type { Layer } from '../layout/stacked-figure.js';
import type { Theme } from '../theme.js';

/** A line that is clipped at the edges of its panel and has gaps where there is no value. */
export const lineMark = {
  type: 'line',
  strokeCap: 'round',
  strokeJoin: 'round',
  clip: true,
  invalid: 'break-paths-show-path-domains',
} as const;

/**
 * A dot on a curve in the colour of its datum (`color`), apart from the curve by a ring of the background.
 *
 * @param size font size, in pixels
 */
export const dotMark = ({ background }: Theme, size: number) =>
  ({
    type: 'point',
    fill: { expr: 'datum.color' },
    stroke: background,
    strokeWidth: 1.5,
    opacity: 1,
    size: 6 * size,
  }) as const;

/** Width of the lines of learning rates, in pixels. */
export const rateLineWidth = 2;

/**
 * A text in the middle of a panel that has nothing to show.
 *
 * @param frame width of the panel and font size, in pixels
 * @param panel height of the panel, in pixels
 */
export function message(
  text: string,
  { width, theme, size }: { width: number; theme: Theme; size: number },
  { height }: { height: number },
): Layer {
  return {
    data: { values: [{ text }] },
    mark: { type: 'text', baseline: 'middle', fontSize: size, color: theme.muted },
    encoding: { x: { value: width / 2 }, y: { value: height / 2 }, text: { field: 'text' } },
  };
}
