import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartOptions } from '../layout/chart-options.js';
import { lossByRate } from './loss-by-rate.js';
import { type RateByStepOptions, rateByStep } from './rate-by-step.js';
import { trainingComparison } from './training-comparison.js';
import { trainingHistory } from './training-history.js';
import type { NamedSchedule } from '../curves/schedule-values.js';

/** A kind of picture, of a run unless it says otherwise. */
export interface Chart<Subject = SweepResult, Options extends ChartOptions = ChartOptions> {
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
  } satisfies Chart<TrainingResult>,
  'training-comparison': {
    summary: 'loss, accuracy and learning rate of several runs, on training and held-out rows',
    draw: trainingComparison,
  } satisfies Chart<Comparison>,
};

/** Name of a chart. */
export type ChartName = keyof typeof charts;
