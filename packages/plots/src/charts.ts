import type { Run } from '@lrfind/finder/analysis';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from './chart-options.js';
import { lossByRate } from './charts/loss-by-rate.js';
import { type RateByStepOptions, rateByStep } from './charts/rate-by-step.js';
import type { NamedSchedule } from './schedule-values.js';

/** A kind of picture, of a run unless it says otherwise. */
export interface Chart<Subject = Run, Options extends ChartOptions = ChartOptions> {
  /** what it shows, in a line */
  summary: string;
  /** the picture, as a Vega-Lite specification that holds its data */
  draw: (subject: Subject, options?: Options) => TopLevelSpec;
}

/** Every chart by its name. */
export const charts = {
  'loss-by-rate': {
    summary: 'loss and slope against the learning rate, with the suggestion and its interval',
    draw: lossByRate,
  } satisfies Chart,
  'rate-by-step': {
    summary: 'learning rate and momentum against the step, a line for each schedule',
    draw: rateByStep,
  } satisfies Chart<readonly NamedSchedule[], RateByStepOptions>,
};

/** Name of a chart. */
export type ChartName = keyof typeof charts;
