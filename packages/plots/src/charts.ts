import type { Run } from '@lrfind/finder/analysis';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from './chart-options.js';
import { lossByRate } from './charts/loss-by-rate.js';

/** A kind of picture. */
export interface Chart {
  /** what it shows, in a line */
  summary: string;
  /** the picture of a run, as a Vega-Lite specification that holds its data */
  draw: (run: Run, options?: ChartOptions) => TopLevelSpec;
}

/** Every chart by its name. */
export const charts = {
  'loss-by-rate': {
    summary: 'loss and slope against the learning rate, with the suggestion and its interval',
    draw: lossByRate,
  },
} satisfies Record<string, Chart>;

/** Name of a chart. */
export type ChartName = keyof typeof charts;
