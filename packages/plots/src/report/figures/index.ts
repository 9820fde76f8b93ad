import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from '../../layout/chart-options.js';
import { lossByRate } from '../../charts/loss-by-rate.js';
import { trainingComparison } from '../../charts/training-comparison.js';
import { trainingHistory } from '../../charts/training-history.js';
import { mostSeries } from '../../layout/series-style.js';
import { type Theme, themes } from '../../theme.js';
import { atStops, type Readings } from '../readings.js';
import type { ByFormat, ReportResult, ResultOf } from '../result.js';
import { type Drawing, draw } from './drawing.js';
import { sweepReadings } from './sweep-readings.js';
import { comparisonReadings, trainingReadings } from './training-readings.js';

/** How the figure of a kind of document is drawn and read. */
interface FigureKind<Result> {
  /** whether there is something to draw, and room for it */
  drawable: (result: Result) => boolean;
  /** the picture; its panels have the names that the readings use */
  draw: (result: Result, options: ChartOptions) => TopLevelSpec;
  readings: (result: Result, theme: Theme) => Readings;
  caption: string;
}

/** The figure of each kind of document, by its format. */
export const figureKinds: ByFormat<{ [Format in ReportResult['format']]: FigureKind<ResultOf<Format>> }> = {
  'lrfind-run': {
    drawable: ({ curve, seeds }: SweepResult) => curve.length > 0 || seeds.some(({ points }) => points.length > 0),
    draw: lossByRate,
    readings: sweepReadings,
    caption:
      'The loss while the learning rate rises, and below it how fast the loss changes. Marked are the suggested rate with its interval, the steepest descent and where training diverges; the usable range is shaded.',
  },
  'lrfind-training': {
    drawable: ({ training, losses }: TrainingResult) => training.points.length > 0 || losses.length > 0,
    draw: trainingHistory,
    readings: trainingReadings,
    caption:
      'Loss and metrics over the course of the training, on the rows trained on and on rows held out (validation), and the learning rate.',
  },
  'lrfind-comparison': {
    drawable: ({ ranking, runs }: Comparison) => ranking.length > 0 && runs.length <= mostSeries,
    draw: trainingComparison,
    readings: comparisonReadings,
    caption:
      'The runs on the rows trained on and on rows held out (validation): mean over the seeds, with a band from the lowest to the highest seed. The key has the runs in the order of the ranking.',
  },
};

/** A figure as it stands in a page: drawn wide and narrow, and what can be read in it. */
export interface Figure {
  caption: string;
  readings: Readings;
  wide: Drawing;
  narrow: Drawing;
}

/** Widths of the pictures, in pixels: of a page, and of a phone. */
const widths = { wide: 800, narrow: 400 } as const;

/**
 * The figure of a document, in the colours of the light theme; the page's style has those of the dark one.
 *
 * @param mark tells the document from the others of a page
 * @returns null where there is nothing to draw
 */
export async function figureOf(result: ReportResult, mark: string): Promise<Figure | null> {
  // The row of a document's format takes documents of that format, which the compiler cannot follow.
  const kind = figureKinds[result.format] as FigureKind<ReportResult>;
  if (!kind.drawable(result)) return null;
  const drawn = (size: keyof typeof widths, readings: Readings) =>
    draw(kind.draw(result, { width: widths[size] }), readings, `${mark}-${size}`);
  const all = kind.readings(result, themes.light);
  // Of long curves a stop for each pixel is all that a pointer can tell apart.
  const [first] = (await drawn('wide', all)).panels;
  const readings = atStops(
    all,
    all.stops.flatMap((_, stop) =>
      stop === 0 || !first || Math.floor(first.x[stop] as number) > Math.floor(first.x[stop - 1] as number)
        ? [stop]
        : [],
    ),
  );
  const [wide, narrow] = await Promise.all([drawn('wide', readings), drawn('narrow', readings)]);
  return { caption: kind.caption, readings, wide, narrow };
}
