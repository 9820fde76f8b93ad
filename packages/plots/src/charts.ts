import type { Comparison, Run, TrainingRun } from '@lrfind/finder/analysis';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from './chart-options.js';
import { lossByRate } from './charts/loss-by-rate.js';
import { type RateByStepOptions, rateByStep } from './charts/rate-by-step.js';
import { trainingComparison } from './charts/training-comparison.js';
import { trainingHistory } from './charts/training-history.js';
import type { NamedSchedule } from './schedules/schedule-values.js';

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
  'training-history': {
    summary: 'loss, metrics and learning rate of one training, epoch by epoch',
    draw: trainingHistory,
  } satisfies Chart<TrainingRun>,
  'training-comparison': {
    summary: 'loss, accuracy and learning rate of several runs, on training and held-out rows',
    draw: trainingComparison,
  } satisfies Chart<Comparison>,
};

/** Name of a chart. */
export type ChartName = keyof typeof charts;
