import { textWidth, wrapText } from '../text/width.js';
import type { View } from './stacked-figure.js';

/** An entry of a legend: a symbol that looks like the mark, and the mark's meaning. */
export interface LegendEntry {
  text: string;
  /** A Vega symbol: the name of a shape or an SVG path. */
  shape: string;
  color: string;
  /** Whether the shape is drawn without a fill, such as a line. */
  outline?: boolean;
  opacity?: number;
  /** Area of the symbol, in square pixels. */
  area: number;
  strokeWidth?: number;
  dash?: readonly number[];
}

/** SVG paths of symbols on a square from -1 to 1. */
export const symbols = {
  line: 'M-1,0H1',
  linePoint: 'M-1,0H-0.4L0,-0.4L0.4,0L0,0.4L-0.4,0M0.4,0H1',
  span: 'M-1,0H1M-1,-0.4V0.4M1,-0.4V0.4',
  cross: 'M-1,-1L1,1M-1,1L1,-1',
  bar: 'M0,-1V1',
  ring: 'M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z',
  arrowUp: 'M-0.8,1L0,0L0.8,1',
  arrowDown: 'M-0.8,-1L0,0L0.8,-1',
  arrowRight: 'M-0.6,-0.8L0.4,0L-0.6,0.8',
  arrowLeft: 'M0.6,-0.8L-0.4,0L0.6,0.8',
} as const;

/** The symbol of a line. */
export const lineSymbol = { shape: symbols.line, outline: true, area: 400 } as const;

/** Width of the symbol before each text, in pixels. */
export const symbolWidth = 24;
/** Space between two entries, in pixels. */
export const entryPadding = 16;

/** The entries of a legend in lines. Lengths are in pixels. */
export interface LegendLayout {
  /** Each entry with its left end and the index of its line. */
  placed: { entry: LegendEntry; x: number; line: number }[];
  lineHeight: number;
  /** Height of all lines. */
  height: number;
}

/** Fills lines from the left with as many entries as fit into a width in pixels, for a font size in pixels. */
export function layOutLegend(entries: readonly LegendEntry[], width: number, size: number): LegendLayout {
  let x = 0;
  let line = 0;
  const placed = entries.map((entry) => {
    const wide = symbolWidth + textWidth(entry.text, size);
    if (x > 0 && x + wide > width) {
      x = 0;
      line += 1;
    }
    const place = { entry, x, line };
    x += wide + entryPadding;
    return place;
  });
  const lineHeight = Math.round(size * 1.6);
  return { placed, lineHeight, height: entries.length === 0 ? 0 : (line + 1) * lineHeight };
}

/**
 * A legend that stays within a height in pixels where possible: it shortens texts until two, three or four entries fit
 * into a line.
 */
export function fitLegend(entries: readonly LegendEntry[], width: number, height: number, size: number): LegendLayout {
  const layouts = [1, 2, 3, 4].map((columns) => {
    const wide = width / columns - symbolWidth - entryPadding;
    const cut = entries.map((entry) => ({ ...entry, text: wrapText(entry.text, wide, 1, size)[0] ?? '' }));
    return layOutLegend(cut, width, size);
  });
  return layouts.find((layout) => layout.height <= height) ?? (layouts.at(-1) as LegendLayout);
}

/**
 * The legend as a view of its own.
 *
 * @param box width of the view, left end and top of the first line, font size: all in pixels; and the colour of the texts
 */
export function legendView(
  { placed, lineHeight, height }: LegendLayout,
  box: { width: number; left: number; top: number; size: number; color: string },
): View {
  const pixel = { type: 'quantitative', scale: null, axis: null } as const;
  const dashed = placed.some(({ entry }) => entry.dash);
  const values = placed.map(({ entry, x, line }) => {
    const { text, shape, color, outline = false, opacity = 1, area, strokeWidth = 0, dash } = entry;
    const y = box.top + (line + 0.5) * lineHeight;
    const middle = box.left + x + (symbolWidth - 6) / 2;
    const fill = outline ? 'transparent' : color;
    return {
      x: middle,
      y,
      textX: box.left + x + symbolWidth,
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
