import { notOneOf } from '@lrfind/core';
import type { Result, ResultOf } from '@lrfind/core/results';
import type { Chart } from './chart.js';
import { lossByGroupChart } from './loss-by-group.js';
import { lossByRateChart } from './loss-by-rate.js';
import { trainingComparisonChart } from './training-comparison.js';
import { trainingHistoryChart } from './training-history.js';

export { checkLimits, type Limits } from '../layout/chart-options.js';
export { maxSeries } from '../theme.js';
export type { Chart } from './chart.js';

/**
 * Every chart of a result. Of the charts of one format, the first is the default, unless a preferred one can draw the result;
 * a report shows them in this order. Add one as a file and an entry here.
 */
export const charts: readonly Chart[] = [
  lossByRateChart,
  lossByGroupChart,
  trainingHistoryChart,
  trainingComparisonChart,
];

/** The charts of results of a format, in the order of the table. */
export function chartsOf<Format extends Result['format']>(format: Format): readonly Chart<ResultOf<Format>>[] {
  return charts.filter((chart): chart is Chart<ResultOf<Format>> => chart.format === format);
}

/**
 * The chart of a result with that name.
 *
 * @param name default: the preferred chart that can draw the result, else the first of its format
 * @throws InputError for a name that is not a chart of such results
 *
 * @example
 * const spec = chartFor(result, 'loss-by-rate').draw(result, { theme: 'dark' });
 */
export function chartFor<Shown extends Result>(result: Shown, name?: string): Chart<Shown> {
  const known = chartsOf(result.format) as readonly Chart<Shown>[];
  const chart =
    name === undefined
      ? (known.find(({ preferred, drawable }) => preferred && drawable(result)) ?? known[0])
      : known.find((candidate) => candidate.name === name);
  if (chart) return chart;
  throw notOneOf(
    'chart',
    known.map((candidate) => candidate.name),
    name,
  );
}
