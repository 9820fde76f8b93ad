/** A line of a figure whose values can be read. */
export interface ReadSeries {
  /** name of the panel's view in which it is drawn */
  panel: string;
  /** what is read at the same time: lines of one group only */
  group: string;
  /** what the value is, such as `smoothed loss` */
  name: string;
  color: string;
  dash: readonly number[];
  /** one for each stop; null where the line has none */
  values: readonly (number | null)[];
}

/** What can be read in a figure: a place along its horizontal axis at a time, and the values of a group of lines there. */
export interface Readings {
  /** places along the axis, rising, in its unit */
  stops: readonly number[];
  /** what each stop is called, such as `learning rate 0.0032` */
  titles: readonly string[];
  series: readonly ReadSeries[];
  /** number of the stop that is shown first */
  first: number;
  /** group that is shown first */
  group: string;
  /** what the stops follow, such as `the learning rate` */
  along: string;
}

/** Readings at some of the stops. */
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
