import { textWidth, wrapText } from '../text/width.js';
import type { View } from '../render/vega-lite.js';

/** An entry of the key: a small sample of a mark, and what the mark stands for. */
export interface KeyEntry {
  text: string;
  /** a Vega symbol: a named shape or an SVG path */
  shape: string;
  color: string;
  /** a shape without a face, such as a line */
  outline?: boolean;
  opacity?: number;
  /** area of the sample, in square pixels */
  area: number;
  strokeWidth?: number;
  dash?: readonly number[];
}

/** Shapes of the samples, on a square from -1 to 1. */
export const shapes = {
  line: 'M-1,0H1',
  linePoint: 'M-1,0H-0.4L0,-0.4L0.4,0L0,0.4L-0.4,0M0.4,0H1',
  span: 'M-1,0H1M-1,-0.4V0.4M1,-0.4V0.4',
  cross: 'M-1,-1L1,1M-1,1L1,-1',
  bar: 'M0,-1V1',
  ring: 'M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z',
  arrowUp: 'M-0.8,1L0,0L0.8,1',
  arrowDown: 'M-0.8,-1L0,0L0.8,-1',
} as const;

/** Width kept for the sample before each text, in pixels. */
export const sampleWidth = 24;
/** Space between two entries, in pixels. */
export const entryGap = 16;

/** Entries put into rows from the left, as many to a row as fit into the width. */
export interface KeyLayout {
  places: { entry: KeyEntry; x: number; row: number }[];
  /** from one row to the next, and of all rows, in pixels */
  pitch: number;
  height: number;
}

/** Lays the entries out within a width in pixels, for a font size in pixels. */
export function layKey(entries: readonly KeyEntry[], width: number, size: number): KeyLayout {
  let x = 0;
  let row = 0;
  const places = entries.map((entry) => {
    const wide = sampleWidth + textWidth(entry.text, size);
    if (x > 0 && x + wide > width) {
      x = 0;
      row += 1;
    }
    const place = { entry, x, row };
    x += wide + entryGap;
    return place;
  });
  const pitch = Math.round(size * 1.6);
  return { places, pitch, height: entries.length === 0 ? 0 : (row + 1) * pitch };
}

/** The key in no more than a height, if that can be done: names are shortened, so that two, three or four stand beside each other. */
export function fitKey(entries: readonly KeyEntry[], width: number, height: number, size: number): KeyLayout {
  const columns = [1, 2, 3, 4].map((beside) => {
    const wide = width / beside - sampleWidth - entryGap;
    const cut = entries.map((entry) => ({ ...entry, text: wrapText(entry.text, wide, 1, size)[0] ?? '' }));
    return layKey(cut, width, size);
  });
  return columns.find((layout) => layout.height <= height) ?? (columns.at(-1) as KeyLayout);
}

/**
 * The key as a view of its own.
 *
 * @param layout from `layKey`
 * @param box width of the view, left end and top of the first row, font size: all in pixels; and the colour of the texts
 */
export function keyView(
  layout: KeyLayout,
  box: { width: number; left: number; top: number; size: number; color: string },
): View {
  const { places, pitch, height } = layout;
  const pixel = { type: 'quantitative', scale: null, axis: null } as const;
  const dashed = places.some(({ entry }) => entry.dash);
  const values = places.map(({ entry, x, row }) => {
    const { text, shape, color, outline = false, opacity = 1, area, strokeWidth = 0, dash } = entry;
    const y = box.top + (row + 0.5) * pitch;
    const middle = box.left + x + (sampleWidth - 6) / 2;
    const fill = outline ? 'transparent' : color;
    return {
      x: middle,
      y,
      textX: box.left + x + sampleWidth,
      text,
      shape,
      color,
      fill,
      opacity,
      area,
      strokeWidth,
      ...(dash && { dash }),
    };
  });
  return {
    width: box.width,
    height: box.top + height,
    data: { values },
    layer: [
      {
        mark: {
          type: 'point',
          shape: { expr: 'datum.shape' },
          fill: { expr: 'datum.fill' },
          stroke: { expr: 'datum.color' },
          strokeWidth: { expr: 'datum.strokeWidth' },
          ...(dashed && { strokeDash: { expr: 'datum.dash' } }),
          opacity: { expr: 'datum.opacity' },
          size: { expr: 'datum.area' },
        },
        encoding: { x: { field: 'x', ...pixel }, y: { field: 'y', ...pixel } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: box.size, color: box.color },
        encoding: { x: { field: 'textX', ...pixel }, y: { field: 'y', ...pixel }, text: { field: 'text' } },
      },
    ],
  };
}
