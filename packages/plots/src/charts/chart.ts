import type { Result } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from '../layout/chart-options.js';
import type { Theme } from '../theme.js';

/** A chart of the results of one format: an entry of the table of charts. */
export interface Chart<Shown extends Result = Result> {
  /** Name in kebab case, such as `loss-by-rate`. */
  readonly name: string;
  /** The format of the results that it shows. */
  readonly format: Shown['format'];
  /** One line for help and docs. */
  readonly summary: string;
  /** One or two sentences below the chart in a report. */
  readonly caption: string;
  /**
   * Draws a result.
   *
   * @returns a Vega-Lite specification that contains its data
   * @throws InputError for a result that is not drawable, or for an invalid option
   */
  draw(result: Shown, options?: ChartOptions): TopLevelSpec;
  /** Whether the result has anything to draw, and no more than the chart has room for. */
  drawable(result: Shown): boolean;
  /** Whether a result that it can draw has it as its default, in place of the first of the format. Default: no. */
  readonly preferred?: boolean;
  /** The values that the report's tooltip shows. Their panels are the names of views in the specification. */
  readings(result: Shown, theme: Theme): Readings;
}

/** A line of a chart whose values can be read. */
export interface ReadSeries {
  /** Name of the view that draws it. */
  panel: string;
  /** The group whose lines are read together. */
  group: string;
  /** What the values are, such as `smoothed loss`. */
  name: string;
  color: string;
  dash: readonly number[];
  /** One for each stop; null where the line has none. */
  values: readonly (number | null)[];
}

/** The values that can be read in a chart: one position along its horizontal axis at a time, one group of lines. */
export interface Readings {
  /** Positions along the axis, rising, in its unit. */
  stops: readonly number[];
  /** The name of each stop, such as `learning rate 0.0032`. */
  titles: readonly string[];
  series: readonly ReadSeries[];
  /** Index of the stop that is shown first. */
  first: number;
  /** The group that is shown first. */
  group: string;
  /** The quantity along the axis, such as `the learning rate`. */
  along: string;
}

/** The readings at some of the stops, by index. */
export function atStops(readings: Readings, kept: readonly number[]): Readings {
  const pick = <Value>(values: readonly Value[]) => kept.map((stop) => values[stop] as Value);
  return {
    ...readings,
    stops: pick(readings.stops),
    titles: pick(readings.titles),
    series: readings.series.map((line) => ({ ...line, values: pick(line.values) })),
    first: Math.max(
      0,
      kept.findLastIndex((stop) => stop <= readings.first),
    ),
  };
}

/** The groups of lines, in the order of the lines. */
export function groupsOf({ series }: Pick<Readings, 'series'>): string[] {
  return [...new Set(series.map(({ group }) => group))];
}
