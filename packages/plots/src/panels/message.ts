import type { Layer } from '../render/vega-lite.js';
import type { Theme } from '../theme.js';

/**
 * A text in the middle of a panel that has nothing to show.
 *
 * @param frame width of the panel and font size, in pixels
 * @param panel its height, in pixels
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
