import { wrapText } from '../text/width.js';
import type { View } from '../render/vega-lite.js';
import type { Theme } from '../theme.js';

/** What stands above a panel, as wide as it at most. Lengths are in pixels. */
export interface PanelTitle {
  text: string;
  /** left end and width of the panel */
  left: number;
  width: number;
}

/** Height of the titles of a row of panels, in pixels, for a font size in pixels. */
export function titlesHeight(size: number): number {
  return Math.round(size * 1.2) + 7;
}

/**
 * Titles above a row of panels. Beside the axis, where they would have to be read sideways, they would take more room.
 *
 * @param box width and height of the whole strip, of which the titles take the foot, and font size: all in pixels
 */
export function panelTitles(
  titles: readonly PanelTitle[],
  box: { width: number; height: number; size: number },
  { text: color }: Theme,
): View {
  const values = titles.map(({ text, left, width }) => ({ left, text: wrapText(text, width, 1, box.size)[0] ?? '' }));
  return {
    width: box.width,
    height: box.height,
    data: { values },
    layer: [
      {
        mark: { type: 'text', align: 'left', baseline: 'alphabetic', fontSize: box.size, color },
        encoding: {
          x: { field: 'left', type: 'quantitative', scale: null, axis: null },
          y: { value: box.height - 6 - Math.round(box.size * 0.2) },
          text: { field: 'text' },
        },
      },
    ],
  };
}
