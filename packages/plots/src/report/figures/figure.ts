import type { Result } from '@lrfind/core/results';
import { atStops, type Chart, type Readings } from '../../charts/chart.js';
import { chartsOf } from '../../charts/registry.js';
import { themes } from '../../theme.js';
import { type Drawing, draw } from './drawing.js';

/** A chart in a page: drawn wide and narrow, with the values that can be read in it. */
export interface Figure {
  /** Unique in the page. */
  readonly id: string;
  readonly caption: string;
  readonly readings: Readings;
  readonly wide: Drawing;
  readonly narrow: Drawing;
}

/** Widths of the drawings, in pixels: for a page, and for a phone. */
const widths = { wide: 800, narrow: 400 } as const;

/**
 * A figure for each chart of a result that is drawable, in the colours of the light theme; the page's style has those of
 * the dark one.
 *
 * @param id of the result, unique in the page
 */
export async function figuresOf(result: Result, id: string): Promise<Figure[]> {
  const drawable = chartsOf(result.format).filter((chart) => chart.drawable(result));
  return Promise.all(drawable.map((chart, i) => figureOf(chart, result, i === 0 ? id : `${id}-${chart.name}`)));
}

async function figureOf(chart: Chart, result: Result, id: string): Promise<Figure> {
  const drawn = (size: keyof typeof widths, readings: Readings) =>
    draw(chart.draw(result, { width: widths[size] }), readings, `${id}-${size}`);
  const all = chart.readings(result, themes.light);
  // A pointer cannot tell more than one stop for each pixel apart.
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
  return { id, caption: chart.caption, readings, wide, narrow };
}
