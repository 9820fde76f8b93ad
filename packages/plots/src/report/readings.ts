/** A line of a figure whose values can be read. */
export interface ReadSeries {
  /** name of the panel in which it is drawn */
  panel: string;
  /** what the value is, such as `smoothed loss` */
  name: string;
  color: string;
  dash: readonly number[];
  /** one for each stop; null where the line has none */
  values: readonly (number | null)[];
}

/** What can be read in a figure: a place along its horizontal axis at a time, and the values of all lines there. */
export interface Readings {
  /** places along the axis, rising, in its unit */
  stops: readonly number[];
  /** what each stop is called, such as `learning rate 0.0032` */
  titles: readonly string[];
  series: readonly ReadSeries[];
  /** number of the stop that is shown first */
  first: number;
  /** what the stops follow, such as `learning rate` */
  along: string;
}

/** Readings at some of the stops. */
export function atStops({ stops, titles, series, first, along }: Readings, kept: readonly number[]): Readings {
  const pick = <Value>(values: readonly Value[]) => kept.map((stop) => values[stop] as Value);
  return {
    stops: pick(stops),
    titles: pick(titles),
    series: series.map((line) => ({ ...line, values: pick(line.values) })),
    first: Math.max(
      0,
      kept.findLastIndex((stop) => stop <= first),
    ),
    along,
  };
}
