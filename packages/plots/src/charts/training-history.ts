import { countText } from '@lrfind/core';
import type { TrainingResult } from '@lrfind/core/results';
import { lowestEvaluation } from '@lrfind/core/study';
import type { TopLevelSpec } from 'vega-lite';
import { evaluationText, finiteText } from '../captions/phrases.js';
import { trainingDescription, trainingSubtitle, trainingTitle } from '../captions/training.js';
import { rateLine } from '../curves/rate-line.js';
import { includeZero, robustDomain, robustDomainOfScores, shortTraining } from '../curves/robust-domain.js';
import {
  type Accessor,
  baseline,
  type CurvePoint,
  isAccuracy,
  isScore,
  lossOf,
  metricNames,
  metricOf,
  trainingCurve,
} from '../curves/training-curve.js';
import { stepLength, stepsTaken, timeOf, timeUnit } from '../curves/training-time.js';
import { type ChartOptions, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, layOutLegend, lineSymbol, symbols } from '../layout/legend.js';
import { type Curve, type CurveMark, curvesPanel, markArea, type TimeRule } from '../panels/curves.js';
import { withReadableNames } from '../text/readable-names.js';
import type { Theme } from '../theme.js';
import type { Chart, Readings } from './chart.js';
import { type TimedSeries, timedReadings } from './timed-readings.js';
import { type GridPanel, trainingFigure, viewName } from './training-figure.js';

/** Loss, metrics and learning rate of one training. */
export const trainingHistoryChart: Chart<TrainingResult> = {
  name: 'training-history',
  format: 'lrfind-training',
  summary: 'loss, metrics and learning rate of one training, epoch by epoch',
  caption:
    'Loss and metrics during the training, on the training rows and on the held-out rows (validation), and the learning rate.',
  draw: trainingHistory,
  drawable: ({ training, losses }) => training.evaluations.length > 0 || losses.length > 0,
  readings,
};

/** Up to that many points, a line has a dot at each; more dots would hide it. */
const maxDots = 25;

/**
 * One training over its epochs, or over its steps where its length was given in steps. It shows the loss on training and
 * held-out rows, beside it up to two metrics where there is room, an accuracy first, and below them the learning rate; a
 * low figure leaves that out. The held-out loss includes the one before training where it was measured. A value on
 * training rows is a mean over the steps since the evaluation before. A mark shows where the training diverged; one that
 * diverged before its first evaluation shows the losses of its batches.
 *
 * The loss axis covers the losses that were reached: it cuts off the fall from before training where that would take most
 * of the axis.
 *
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for an invalid option
 *
 * @example
 * const png = await renderPng(trainingHistory(result, { title: 'Baseline' }));
 */
export function trainingHistory(trained: TrainingResult, options: ChartOptions = {}): TopLevelSpec {
  const result = withReadableNames(trained);
  const style = chartStyle(options);
  const { theme, width, size } = style;
  const { training, recipe, setup, losses } = result;
  const unit = timeUnit(result.options);
  const length = stepLength([training], recipe, setup.rows, unit);
  const steps = stepsTaken(training);
  const last = Math.max(steps * length, ...training.evaluations.map((each) => timeOf(each, unit))) || length;

  const measured = trainingCurve([training], 'training', lossOf, unit);
  const batches = measured.length === 0 ? batchLosses(losses, length) : [];
  const names = metricNames([training]).toSorted((a, b) => Number(isAccuracy(b)) - Number(isAccuracy(a)));
  const columns = Math.min(3, Math.max(1, Math.floor(width / (15 * size))));
  const rules: TimeRule[] =
    training.divergedAt === null ? [] : [{ time: training.divergedAt * length, color: theme.divergence }];

  const panel = (title: string, accessor: Accessor): GridPanel => {
    const ofLoss = accessor === lossOf;
    const trained = ofLoss && batches.length > 0 ? batches : trainingCurve([training], 'training', accessor, unit);
    const validated = trainingCurve([training], 'validation', accessor, unit);
    const curves = [styled(validated, theme.heldOut), styled(trained, theme.loss)];
    const marks = ofLoss ? lowestLossMark(result, theme) : [];
    return {
      title,
      domain: domainOf(curves, result, accessor, title),
      draw: (frame, axis, show) => curvesPanel(curves, marks, rules, frame, axis, show),
    };
  };

  return trainingFigure(
    {
      title: style.title ?? trainingTitle(result),
      subtitle: trainingSubtitle(result),
      names: [setup.model],
      description: trainingDescription(result),
      unit,
      last,
      rows: [[panel('loss', lossOf), ...names.map((name) => panel(name, metricOf(name)))].slice(0, columns)],
      rates:
        recipe.rates.length === 0
          ? []
          : [{ line: rateLine(recipe.rates, length, steps), color: theme.steepest, dash: [] }],
      legend: (room, _, fontSize) => layOutLegend(legendOf(result, batches.length > 0, theme), room, fontSize),
    },
    style,
  );
}

function styled(points: readonly CurvePoint[], color: string): Curve {
  return { points, color, dash: [], strokeWidth: 2, dots: points.length <= maxDots, band: 0 };
}

function domainOf(
  curves: readonly Curve[],
  { training }: TrainingResult,
  accessor: Accessor,
  title: string,
): [number, number] {
  const values = curves.flatMap(({ points }) => points.filter(({ time }) => time > 0).map(({ value }) => value));
  const all = [{ values, diverged: training.outcome === 'diverged' }];
  const start = baseline([training], accessor);
  const short = training.evaluations.length <= shortTraining;
  if (isScore(title)) return robustDomainOfScores(all, start, short);
  return includeZero(robustDomain(all, start, short), values);
}

/** The loss of every batch as a line; the loss of a step is measured before its update. */
function batchLosses(losses: TrainingResult['losses'], length: number): CurvePoint[] {
  return losses.flatMap((value, step) =>
    Number.isFinite(value)
      ? [{ step, time: step * length, value: value as number, low: value as number, high: value as number }]
      : [],
  );
}

/** The mark at the lowest loss on held-out rows, unless there is only one. */
function lowestLossMark({ training, options }: TrainingResult, { suggestion }: Theme): CurveMark[] {
  const lowest = lowestEvaluation(training.evaluations);
  if (lowest === undefined || training.evaluations.length < 2) return [];
  const time = timeOf(lowest, timeUnit(options));
  return [{ time, value: lowest.validation?.loss as number, shape: symbols.ring, color: suggestion }];
}

function legendOf(result: TrainingResult, ofBatches: boolean, theme: Theme): LegendEntry[] {
  const { start, evaluations, divergedAt } = result.training;
  const line = { ...lineSymbol, strokeWidth: 2 };
  const [mark] = lowestLossMark(result, theme);
  const lowest = lowestEvaluation(evaluations);
  const entries: (LegendEntry | false)[] = [
    { ...line, text: ofBatches ? 'training, each batch' : 'training', color: theme.loss },
    (start !== null || evaluations.some(({ validation }) => validation)) && {
      ...line,
      text: 'validation',
      color: theme.heldOut,
    },
    mark !== undefined &&
      lowest !== undefined && {
        text: `lowest validation loss ${finiteText(lowest.validation?.loss)} (${evaluationText(lowest, timeUnit(result.options))})`,
        shape: mark.shape,
        color: mark.color,
        outline: true,
        area: markArea,
        strokeWidth: 2.25,
      },
    divergedAt !== null && {
      text: `diverged at step ${countText(divergedAt)}`,
      shape: symbols.bar,
      color: theme.divergence,
      outline: true,
      area: 200,
      strokeWidth: 1.5,
      dash: [2, 3],
    },
  ];
  return entries.filter((entry) => entry !== false);
}

/** Losses, metrics and the learning rate at each evaluation. */
function readings(result: TrainingResult, theme: Theme): Readings {
  const { training, recipe, setup, options } = result;
  const unit = timeUnit(options);
  const color = { validation: theme.heldOut, training: theme.loss };
  const measured: [title: string, accessor: Accessor][] = [
    ['loss', lossOf],
    ...metricNames([training]).map((name): [string, Accessor] => [name, metricOf(name)]),
  ];
  const lines = measured.flatMap(([title, accessor]) =>
    (['validation', 'training'] as const).map(
      (split): TimedSeries => ({
        panel: viewName(title),
        group: 'training',
        name: `${split} ${title}`,
        color: color[split],
        dash: [],
        points: trainingCurve([training], split, accessor, unit),
      }),
    ),
  );
  const rates = rateLine(recipe.rates, stepLength([training], recipe, setup.rows, unit), stepsTaken(training));
  const rate = { panel: viewName('learning rate'), name: 'learning rate', color: theme.steepest, dash: [], rates };
  return timedReadings([...lines, { ...rate, group: 'training' }], unit, 'training');
}
