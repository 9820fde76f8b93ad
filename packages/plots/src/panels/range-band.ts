import { type RateFrame, rateEncoding, xPosition } from '../axes/rate-axis.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import { textWidth } from '../text/width.js';

/** A range of rates that is shaded, and its name. */
export interface RangeBand {
  low: number;
  high: number;
  text: string;
}

/** The shading of the range over the whole height of a panel. */
export function rangeShading(band: RangeBand | null, { theme }: RateFrame): Layer {
  return {
    data: { values: band === null ? [] : [{ rate: band.low, end: band.high }] },
    mark: { type: 'rect', color: theme.muted, opacity: 0.1 },
    encoding: { x2: { field: 'end' } },
  };
}

/**
 * A low view between the panels for the name of the shaded range, as nothing else is drawn there.
 *
 * @param height in pixels
 * @param axis whether the view has the axis of rates
 */
export function rangeBandView(band: RangeBand | null, frame: RateFrame, height: number, axis: boolean): View {
  const text = band?.text ?? '';
  const half = textWidth(text, frame.size) / 2;
  const middle = band === null ? 0 : (xPosition(frame, band.low) + xPosition(frame, band.high)) / 2;
  const x = Math.min(Math.max(middle, half), frame.width - half);
  return {
    width: frame.width,
    height,
    layer: [
      {
        ...rangeShading(band, frame),
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
