import { wrapText } from '../text/width.js';
import type { Theme } from '../theme.js';
import type { View } from './stacked-figure.js';

/** A row of panels. Lengths are in pixels. */
export interface PanelRow {
  /** Share of the height that all rows divide among them. */
  share: number;
  /** Minimum height of its panels. */
  least: number;
  /** Height of what is above it and appears only with it: its titles, the axis of the row before. */
  above: number;
}

/**
 * Divides a height among rows of panels. Where not every row reaches its minimum, the last rows are left out one by one.
 * The first row always stays.
 *
 * @param height of all rows with what is above them, in pixels
 * @returns the height of each row's panels; 0 for a row that is left out
 */
export function fitRows(rows: readonly PanelRow[], height: number): number[] {
  for (let kept = rows.length; ; kept--) {
    const some = rows.slice(0, kept);
    const rest = height - some.reduce((sum, { above }) => sum + above, 0);
    const shares = some.reduce((sum, { share }) => sum + share, 0);
    const heights = some.map(({ share }) => Math.floor((rest * share) / shares));
    if (kept === 1 || some.every(({ least }, i) => (heights[i] as number) >= least)) {
      // The first row takes what rounding left over.
      const [first = 0, ...others] = heights;
      const over = rest - heights.reduce((sum, each) => sum + each, 0);
      return [first + over, ...others, ...rows.slice(kept).map(() => 0)];
    }
  }
}

/** The title above a panel. Lengths are in pixels. */
export interface PanelTitle {
  text: string;
  /** Left end of the panel. */
  left: number;
  /** Width of the panel; a longer title is cut. */
  width: number;
}

/** Height of the titles of a row of panels, in pixels, for a font size in pixels. */
export function titlesHeight(size: number): number {
  return Math.round(size * 1.2) + 7;
}

/**
 * The titles above a row of panels, as a view. Beside the axis they would take more room and read sideways.
 *
 * @param box width and height of the view, which has the titles at its bottom, and font size: all in pixels
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
