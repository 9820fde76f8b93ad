import { countText } from '@lrfind/core';
import type { TrainingResult } from '@lrfind/core/results';
import { lowestEvaluation } from '@lrfind/core/study';
import type { TopLevelSpec } from 'vega-lite';
import { metricText } from '../captions/metric-name.js';
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
import { stepLength, stepsTaken, type TimeUnit, timeOf, timeUnit } from '../curves/training-time.js';
import { type ChartOptions, type ChartStyle, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, layOutLegend, lineSymbol, symbols } from '../layout/legend.js';
import { type Curve, type CurveMark, curvesPanel, markArea, type TimeRule } from '../panels/curves.js';
import { type MeasuresTable, tableHeight, tableView } from '../panels/measures-table.js';
import { withReadableNames } from '../text/readable-names.js';
import type { Theme } from '../theme.js';
import type { Chart, Readings } from './chart.js';
import { lossScale, type Scale } from './loss-scale.js';
import { type TimedSeries, timedReadings } from './timed-readings.js';
import { type GridPanel, legendFooter, logNote, trainingFigure, viewName } from './training-figure.js';

/** Loss, metrics and learning rate of one training. */
export const trainingHistoryChart: Chart<TrainingResult> = {
  name: 'training-history',
  format: 'lrfind-training',
  summary: 'loss, metrics and learning rate of one training, epoch by epoch',
  caption:
    'Loss and metrics during the training, on the training rows and on the validation rows, and the learning rate.',
  draw: trainingHistory,
  drawable: ({ training, losses }) => training.evaluations.length > 0 || losses.length > 0,
  readings,
};

/** Up to that many points, a line has a dot at each; more dots would hide it. */
const maxDots = 25;

/**
 * One training over its epochs, or over its steps where its length was given in steps. It shows the loss on training and
 * validation rows, beside it up to two metrics where there is room, an accuracy first, and below them the learning rate where it
 * changes; a low figure leaves that out. The validation loss includes the one before training where it was measured. A value on
 * training rows is a mean over the steps since the evaluation before.
 *
 * A training that diverged is shown over its steps, with the loss of each batch and a mark where it diverged. So is one that was
 * measured once, and a table has its numbers.
 *
 * The loss axis covers the losses that were reached. It is logarithmic where they span a decade; a linear one cuts off the fall from
 * before training where that would take most of the axis.
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
  const steps = stepsTaken(training);
  // Of these the steps tell more than the epochs: one epoch is one point, and a divergence takes a few steps.
  const byStep = isByStep(result);
  const unit = byStep ? 'step' : timeUnit(result.options);
  const length = stepLength([training], recipe, setup.rows, unit);
  const end = Math.max(steps * length, ...training.evaluations.map((each) => timeOf(each, unit))) || length;
  const time = style.x ?? ([0, end] as const);

  const batches = byStep || training.evaluations.length === 0 ? batchLosses(losses, length) : [];
  const names = metricNames([training]).toSorted((a, b) => Number(isAccuracy(b)) - Number(isAccuracy(a)));
  const rules: TimeRule[] =
    training.divergedAt === null ? [] : [{ time: training.divergedAt * length, color: theme.divergence }];
  const table = training.evaluations.length === 1 ? measuresTable(result, theme) : null;

  const panel = (name: string, accessor: Accessor): GridPanel => {
    const ofLoss = accessor === lossOf;
    const ofBatches = ofLoss && batches.length > 0;
    const trained = trainingCurve([training], 'training', accessor, unit);
    const validated = trainingCurve([training], 'validation', accessor, unit);
    // Two points need no line through the batches between them.
    const held = { ...styled(validated, theme.heldOut), ...(table && { dash: [2, 3], strokeWidth: 1 }) };
    const curves = [
      held,
      ofBatches
        ? { ...styled(batches, theme.loss), strokeWidth: batches.length > 200 ? 1 : 1.5, dots: batches.length <= 40 }
        : styled(trained, theme.loss),
    ];
    const { domain, log } = scaleOf(curves, result, accessor, name, style);
    const marks = ofLoss ? lowestLossMark(result, unit, theme) : [];
    return {
      ...{ title: `${metricText(name)}${log ? logNote : ''}`, domain, log },
      draw: (frame, axis, show) => curvesPanel(curves, marks, rules, frame, axis, show),
    };
  };
  // The only value of a metric is in the table.
  const all = [panel('loss', lossOf), ...(table ? [] : names.map((name) => panel(name, metricOf(name))))];
  const room = Math.min(3, Math.max(1, Math.floor(width / (15 * size))));
  const moving = recipe.rates.some(({ rate }) => rate !== recipe.rates[0]?.rate);

  return trainingFigure(
    {
      title: style.title ?? trainingTitle(result),
      subtitle: trainingSubtitle(result),
      names: [setup.model],
      description: trainingDescription(result),
      unit,
      time,
      rows: [all.slice(0, room)],
      rates: moving ? [{ line: rateLine(recipe.rates, length, steps), color: theme.steepest, dash: [] }] : [],
      footer: (room, _, fontSize) => {
        const legend = legendFooter(layOutLegend(legendOf(result, batches.length > 0, unit, theme), room, fontSize));
        if (!table) return legend;
        const height = tableHeight(table, fontSize);
        return {
          height: height + legend.height,
          views: (box) => [...legend.views(box), tableView(table, { ...box, width: room, top: 0 })],
        };
      },
    },
    style,
  );
}

/**
 * Whether a training is drawn over its steps, with the loss of every batch: one that diverged, as that takes a few steps, and one that
 * was measured once, of which the epochs are a single point.
 */
function isByStep({ training, losses }: TrainingResult): boolean {
  return losses.length > 0 && (training.outcome === 'diverged' || training.evaluations.length <= 1);
}

function styled(points: readonly CurvePoint[], color: string): Curve {
  return { points, color, dash: [], strokeWidth: 2, dots: points.length <= maxDots, band: 0 };
}

function scaleOf(
  curves: readonly Curve[],
  result: TrainingResult,
  accessor: Accessor,
  name: string,
  { x, ...style }: ChartStyle,
): Scale {
  const { training } = result;
  const within = ({ time }: { time: number }) => (x ? time >= x[0] && time <= x[1] : true);
  const points = curves.flatMap((curve) => curve.points.filter(within));
  const values = points.filter(({ time }) => time > 0).map(({ value }) => value);
  const diverged = training.outcome === 'diverged';
  const start = x ? null : baseline([training], accessor);
  const short = training.evaluations.length <= shortTraining;
  const all = [{ values, diverged }];
  if (isScore(name)) return { domain: robustDomainOfScores(all, start, short), log: false };
  const linear = includeZero(robustDomain(all, start, short), values);
  if (accessor !== lossOf) return { domain: linear, log: false };
  // A divergence is shown in whole where that needs no linear axis.
  const shown = diverged ? points.map(({ value }) => value) : values.filter((value) => value <= linear[1]);
  return lossScale(linear, start !== null && start > 0 ? [...shown, start] : shown, style, true);
}

/** The numbers of a training that was measured once: a row for the loss and each metric. */
function measuresTable({ training, test }: TrainingResult, theme: Theme): MeasuresTable {
  const { start, evaluations } = training;
  const [only] = evaluations;
  const measured = [
    { text: 'validation before training', short: 'before', color: theme.heldOut, measures: start },
    { text: 'training', short: 'training', color: theme.loss, measures: only?.training ?? null },
    { text: 'validation', short: 'validation', color: theme.heldOut, measures: only?.validation ?? null },
    { text: 'test', short: 'test', color: theme.text, measures: test },
  ].filter(({ measures }) => measures !== null);
  const names = metricNames([training]);
  const row = (name: string, accessor: Accessor) => ({
    name: metricText(name),
    values: measured.map(({ measures }) => {
      const value = measures && accessor(measures);
      return value === undefined ? '' : finiteText(value, 4);
    }),
  });
  return { columns: measured, rows: [row('loss', lossOf), ...names.map((name) => row(name, metricOf(name)))] };
}

/** The loss of every batch as a line; the loss of a step is measured before its update. */
function batchLosses(losses: TrainingResult['losses'], length: number): CurvePoint[] {
  return losses.flatMap((value, step) =>
    Number.isFinite(value)
      ? [{ step, time: step * length, value: value as number, low: value as number, high: value as number }]
      : [],
  );
}

/** The mark at the lowest loss on validation rows, unless there is only one. */
function lowestLossMark({ training }: TrainingResult, unit: TimeUnit, { suggestion }: Theme): CurveMark[] {
  const lowest = lowestEvaluation(training.evaluations);
  if (lowest === undefined || training.evaluations.length < 2) return [];
  const time = timeOf(lowest, unit);
  return [{ time, value: lowest.validation?.loss as number, shape: symbols.ring, color: suggestion }];
}

function legendOf(result: TrainingResult, ofBatches: boolean, unit: TimeUnit, theme: Theme): LegendEntry[] {
  const { start, evaluations, divergedAt } = result.training;
  const line = { ...lineSymbol, strokeWidth: 2 };
  const [mark] = lowestLossMark(result, unit, theme);
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
        text: `lowest validation loss ${finiteText(lowest.validation?.loss)} (${evaluationText(lowest, unit)})`,
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
  const unit = isByStep(result) ? 'step' : timeUnit(options);
  const color = { validation: theme.heldOut, training: theme.loss };
  const measured: [title: string, accessor: Accessor][] = [
    ['loss', lossOf],
    ...metricNames([training]).map((name): [string, Accessor] => [metricText(name), metricOf(name)]),
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
