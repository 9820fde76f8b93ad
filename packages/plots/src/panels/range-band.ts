import { column, type Frame, rateEncoding } from '../axes/rate-axis.js';
import { textWidth } from '../text/width.js';
import type { Layer, View } from '../render/vega-lite.js';

/** Rates that are shaded, and what is written below. */
export interface Band {
  low: number;
  high: number;
  text: string;
}

/** The shading itself, over the whole height of a panel. */
export function shading(band: Band | null, { theme }: Frame): Layer {
  return {
    data: { values: band === null ? [] : [{ rate: band.low, end: band.high }] },
    mark: { type: 'rect', color: theme.muted, opacity: 0.1 },
    encoding: { x2: { field: 'end' } },
  };
}

/**
 * A strip below the loss, where nothing else is drawn, for the name of the shaded range.
 *
 * @param height in pixels
 * @param axis whether the strip bears the axis of rates
 */
export function rangeStrip(band: Band | null, frame: Frame, height: number, axis: boolean): View {
  const text = band?.text ?? '';
  const half = textWidth(text, frame.size) / 2;
  const middle = band === null ? 0 : (column(frame, band.low) + column(frame, band.high)) / 2;
  const x = Math.min(Math.max(middle, half), frame.width - half);
  return {
    width: frame.width,
    height,
    layer: [
      {
        ...shading(band, frame),
        encoding: { x: rateEncoding(frame, axis ? 'axis' : 'nothing'), x2: { field: 'end' } },
      },
      {
        data: { values: band === null ? [] : [{ text }] },
        mark: { type: 'text', baseline: 'middle', fontSize: frame.size, color: frame.theme.muted },
        encoding: { x: { value: x }, y: { value: height / 2 }, text: { field: 'text' } },
      },
    ],
  };
}
