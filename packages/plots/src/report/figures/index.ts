import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from '../../chart-options.js';
import { lossByRate } from '../../charts/loss-by-rate.js';
import { type Theme, themes } from '../../theme.js';
import { atStops, type Readings } from '../readings.js';
import type { ByFormat, ReportResult, ResultOf } from '../result.js';
import { type Drawing, draw } from './drawing.js';
import { sweepReadings } from './sweep-readings.js';

/** How the figure of a kind of document is drawn and read. */
interface FigureKind<Result> {
  /** the picture; its panels have the names that the readings use */
  draw: (result: Result, options: ChartOptions) => TopLevelSpec;
  readings: (result: Result, theme: Theme) => Readings;
  caption: string;
}

/** The figure of each kind of document; null for a kind that has none. */
const figures: ByFormat<{ [Format in ReportResult['format']]: FigureKind<ResultOf<Format>> | null }> = {
  'lrfind-run': {
    draw: lossByRate,
    readings: sweepReadings,
    caption:
      'The loss while the learning rate rises, and below it how fast the loss changes. Marked are the suggested rate with its interval, the steepest descent and where training diverges; the usable range is shaded.',
  },
  'lrfind-training': null,
  'lrfind-comparison': null,
};

/** A figure as it stands in a page: drawn wide and narrow, and what can be read in it. */
export interface Figure {
  caption: string;
  readings: Readings;
  wide: Drawing;
  narrow: Drawing;
}

const sizes = { wide: { width: 800, height: 520 }, narrow: { width: 400, height: 460 } } as const;

/**
 * The figure of a document, in the colours of the light theme; the page's style has those of the dark one.
 *
 * @param mark tells the document from the others of a page
 * @returns null where there is nothing to draw
 */
export async function figureOf(result: ReportResult, mark: string): Promise<Figure | null> {
  // The row of a document's format takes documents of that format, which the compiler cannot follow.
  const kind = figures[result.format] as FigureKind<ReportResult> | null;
  const all = kind?.readings(result, themes.light);
  if (!kind || !all || all.stops.length === 0) return null;
  const drawn = (size: keyof typeof sizes, readings: Readings) =>
    draw(kind.draw(result, sizes[size]), readings, `${mark}-${size}`);
  // Of long curves a stop for each pixel is all that a pointer can tell apart.
  const { x } = await drawn('wide', all);
  const readings = atStops(
    all,
    x.flatMap((place, stop) => (stop === 0 || Math.floor(place) > Math.floor(x[stop - 1] as number) ? [stop] : [])),
  );
  const [wide, narrow] = await Promise.all([drawn('wide', readings), drawn('narrow', readings)]);
  return { caption: kind.caption, readings, wide, narrow };
}
