import { lowestEvaluation } from '@lrfind/core/study';
import { type TrainingResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import { stepText } from '../axes/step-axis.js';
import { type ChartOptions, chartLook } from '../layout/chart-options.js';
import { type Curve, type CurveFlag, curvesPanel, flagArea, type Upright } from '../panels/curves.js';
import { type KeyEntry, layKey, shapes } from '../layout/legend.js';
import type { Theme } from '../theme.js';
import { bulkRange, bulkRangeUpwards, downToZero, fewPoints } from '../curves/robust-domain.js';
import {
  historyDescription,
  historyHeadline,
  historySubject,
  measureText,
  placeText,
} from '../captions/training.js';
import { rateLine } from '../curves/rate-line.js';
import {
  type CurvePoint,
  isAccuracy,
  loss,
  metric,
  metricNames,
  type Pick,
  runCurve,
  startLevel,
} from '../curves/training-curve.js';
import { fontSize, type GridPanel, trainingPicture } from './training-figure.js';
import { stepLength, stepsTaken, timeOf, timeUnit } from '../curves/training-time.js';

/** So many points are drawn as dots on the line at most; more would hide it. */
const mostDots = 25;

/**
 * One training over its epochs, or over its steps where its length was given in steps: the loss on training and held-out rows, beside it
 * the metrics, an accuracy first, as far as there is room for up to two, and below them the learning rate. The held-out loss begins
 * before the training where it was measured there; a value of the training rows is a mean over the steps since the point before.
 * Where a training diverged is marked; one that did so before its first point is shown by the losses of its batches.
 *
 * The axis of losses shows what was reached: the fall from before the training is cut off where it would take most of the axis.
 * The learning rate is left out where the picture is too low for it.
 *
 * @returns a Vega-Lite specification that holds its data
 * @throws InputError for an option that makes no sense
 */
export function trainingHistory(run: TrainingResult, options: ChartOptions = {}): TopLevelSpec {
  const look = chartLook(options);
  const { theme, width } = look;
  const { training, recipe, setup, losses } = run;
  const unit = timeUnit(run.options);
  const length = stepLength([training], recipe, setup.rows, unit);
  const steps = stepsTaken(training);
  const last = Math.max(steps * length, ...training.points.map((point) => timeOf(point, unit))) || length;

  const measured = runCurve([training], 'training', loss, unit);
  const batches = measured.length === 0 ? batchLosses(losses, length) : [];
  const names = metricNames([training]).toSorted((a, b) => Number(isAccuracy(b)) - Number(isAccuracy(a)));
  const most = Math.min(3, Math.max(1, Math.floor(width / (15 * fontSize(look)))));
  const uprights: Upright[] =
    training.divergedAt === null ? [] : [{ time: training.divergedAt * length, color: theme.divergence }];

  const panel = (title: string, pick: Pick): GridPanel => {
    const ofLoss = pick === loss;
    const trained = ofLoss && batches.length > 0 ? batches : runCurve([training], 'training', pick, unit);
    const validated = runCurve([training], 'validation', pick, unit);
    const curves = [curve(validated, theme.heldOut), curve(trained, theme.loss)];
    const flags = ofLoss ? best(run, theme) : [];
    return {
      title,
      domain: domainOf(curves, run, pick, title),
      draw: (frame, axis, show) => curvesPanel(curves, flags, uprights, frame, axis, show),
    };
  };

  return trainingPicture(
    {
      title: look.title ?? historyHeadline(run),
      subtitle: historySubject(run),
      description: historyDescription(run),
      unit,
      last,
      rows: [[panel('loss', loss), ...names.map((name) => panel(name, metric(name)))].slice(0, most)],
      rates:
        recipe.rates.length === 0
          ? []
          : [{ line: rateLine(recipe.rates, length, steps), color: theme.steepest, dash: [] }],
      key: (room, _, size) => layKey(keyOf(run, batches.length > 0, theme), room, size),
    },
    look,
  );
}

function curve(points: readonly CurvePoint[], color: string): Curve {
  return { points, color, dash: [], strokeWidth: 2, dots: points.length <= mostDots, band: 0 };
}

function domainOf(curves: readonly Curve[], { training }: TrainingResult, pick: Pick, title: string): [number, number] {
  const values = curves.flatMap(({ points }) => points.filter(({ time }) => time > 0).map(({ value }) => value));
  const bulk = [{ values, diverged: training.outcome === 'diverged' }];
  const start = startLevel([training], pick);
  const short = training.points.length <= fewPoints;
  if (isAccuracy(title)) return bulkRangeUpwards(bulk, start, short);
  return downToZero(bulkRange(bulk, start, short), values);
}

/** The loss of every batch as a line; the loss of a step is measured before its update. */
function batchLosses(losses: TrainingResult['losses'], length: number): CurvePoint[] {
  return losses.flatMap((value, step) =>
    Number.isFinite(value)
      ? [{ step, time: step * length, value: value as number, low: value as number, high: value as number }]
      : [],
  );
}

/** The mark at the lowest loss on held-out rows, if it is not the only one. */
function best({ training, options }: TrainingResult, { suggestion }: Theme): CurveFlag[] {
  const lowest = lowestEvaluation(training.points);
  if (lowest === undefined || training.points.length < 2) return [];
  const time = timeOf(lowest, timeUnit(options));
  return [{ time, value: lowest.validation?.loss as number, shape: shapes.ring, color: suggestion }];
}

function keyOf(run: TrainingResult, ofBatches: boolean, theme: Theme): KeyEntry[] {
  const { start, points, divergedAt } = run.training;
  const line = { shape: shapes.line, outline: true, area: 400, strokeWidth: 2 };
  const [flag] = best(run, theme);
  const lowest = lowestEvaluation(points);
  const entries: (KeyEntry | false)[] = [
    { ...line, text: ofBatches ? 'training, each batch' : 'training', color: theme.loss },
    (start !== null || points.some(({ validation }) => validation)) && {
      ...line,
      text: 'validation',
      color: theme.heldOut,
    },
    flag !== undefined &&
      lowest !== undefined && {
        text: `lowest validation loss ${measureText(lowest.validation?.loss)} (${placeText(lowest, timeUnit(run.options))})`,
        shape: flag.shape,
        color: flag.color,
        outline: true,
        area: flagArea,
        strokeWidth: 2.25,
      },
    divergedAt !== null && {
      text: `diverged at step ${stepText(divergedAt)}`,
      shape: shapes.bar,
      color: theme.divergence,
      outline: true,
      area: 200,
      strokeWidth: 1.5,
      dash: [2, 3],
    },
  ];
  return entries.filter((entry) => entry !== false);
}
