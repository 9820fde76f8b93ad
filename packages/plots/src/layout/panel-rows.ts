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
  /** Width of the panel; a longer title takes several lines. */
  width: number;
}

/** The most lines of a title above a panel. */
const MOST_LINES = 3;

/** Height of the titles of a row of panels, in pixels, for a font size in pixels and the most lines that one of them takes. */
export function titlesHeight(size: number, lines = 1): number {
  return lines * Math.round(size * 1.2) + 7;
}

/** The most lines that one of some titles takes. */
export function titlesLines(titles: readonly Pick<PanelTitle, 'text' | 'width'>[], size: number): number {
  return Math.max(1, ...titles.map(({ text, width }) => wrapText(text, width, MOST_LINES, size).length));
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
  const pitch = Math.round(box.size * 1.2);
  const bottom = box.height - 6 - Math.round(box.size * 0.2);
  const values = titles.flatMap(({ text, left, width }) => {
    const lines = wrapText(text, width, MOST_LINES, box.size);
    return lines.map((line, i) => ({ left, text: line, y: bottom - (lines.length - 1 - i) * pitch }));
  });
  return {
    width: box.width,
    height: box.height,
    data: { values },
    layer: [
      {
        mark: { type: 'text', align: 'left', baseline: 'alphabetic', fontSize: box.size, color },
        encoding: {
          x: { field: 'left', type: 'quantitative', scale: null, axis: null },
          y: { field: 'y', type: 'quantitative', scale: null, axis: null },
          text: { field: 'text' },
        },
      },
    ],
  };
}
