import { InputError } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import {
  comparisonDescription,
  comparisonSubtitle,
  comparisonTitle,
  outcomeSuffix,
  shortOutcomeSuffix,
} from '../captions/comparison.js';
import { rateLine, type TimedRate } from '../curves/rate-line.js';
import { includeZero, robustDomain, robustDomainOfScores, shortTraining } from '../curves/robust-domain.js';
import {
  type Accessor,
  baseline,
  isScore,
  leadingScore,
  lossOf,
  metricNames,
  metricOf,
  type Split,
  trainingCurve,
} from '../curves/training-curve.js';
import { stepLength, stepsTaken, type TimeUnit, timeOf, timeUnit } from '../curves/training-time.js';
import { type ChartOptions, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, lineSymbol, symbols } from '../layout/legend.js';
import { layOutTrialLegend, type TrialLegendEntry } from '../layout/trial-legend.js';
import { curvesPanel, markArea } from '../panels/curves.js';
import {
  isOutside,
  type StyledTrial,
  styledTrials,
  type TrialCurve,
  trialCurves,
  trialLines,
  trialMarks,
} from '../panels/trial-curves.js';
import { withReadableNames } from '../text/readable-names.js';
import { maxSeries, type Theme } from '../theme.js';
import type { Chart, Readings } from './chart.js';
import { type TimedSeries, timedReadings } from './timed-readings.js';
import { type GridPanel, trainingFigure, viewName } from './training-figure.js';

/** Loss, accuracy and learning rate of the trials of a comparison. */
export const trainingComparisonChart: Chart<Comparison> = {
  name: 'training-comparison',
  format: 'lrfind-comparison',
  summary: 'loss, accuracy and learning rate of several trials, on training and held-out rows',
  caption:
    'The trials on the training rows and on the held-out rows (validation): mean over the seeds, with a band from the lowest to the highest seed. The legend lists the trials in the order of the ranking. The learning rates of a trial with callbacks are those of its first seed.',
  draw: trainingComparison,
  drawable: ({ ranking, trials }) => ranking.length > 0 && trials.length <= maxSeries,
  readings,
};

/**
 * The trials of a comparison over their epochs, or over their steps where the length was given in steps. It shows training
 * and validation loss side by side on one axis, below them an accuracy, or another score, where one was measured, and below that the learning
 * rates where any of them changes. A low figure leaves out the learning rates, then the accuracy. A line is the mean over
 * the seeds that got that far; its band reaches from the lowest to the highest of them. The legend lists the trials in
 * the order of the ranking, and says which diverged or were pruned.
 *
 * The loss axis covers the losses of trials that did not diverge; an arrow shows where a line ends outside it.
 *
 * @param given with at most 12 trials
 * @param options the default height is 520 pixels, 160 more with an accuracy, and 120 more with learning rates
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for no trial or too many, or for an invalid option
 *
 * @example
 * const svg = await renderSvg(trainingComparison(comparison, { width: 1200 }));
 */
export function trainingComparison(given: Comparison, options: ChartOptions = {}): TopLevelSpec {
  const comparison = withReadableNames(given);
  const { trials: compared, setup } = comparison;
  if (compared.length === 0 || compared.length > maxSeries) {
    throw new InputError(
      `comparison must have 1 to ${maxSeries} trials, as more lines cannot be told apart; got ${compared.length}`,
    );
  }
  const trainings = compared.flatMap((trial) => trial.trainings);
  const score = leadingScore(metricNames(trainings));
  const moving = compared.some(({ recipe: { rates } }) => rates.some(({ rate }) => rate !== rates[0]?.rate));
  const style = chartStyle(options, [], 520 + (score === undefined ? 0 : 160) + (moving ? 120 : 0));
  const { theme } = style;
  const unit = timeUnit(comparison.options);
  const trials = styledTrials(comparison, theme);

  const splits: Split[] = trainings.some(
    ({ start, evaluations }) => start || evaluations.some(({ validation }) => validation),
  )
    ? ['training', 'validation']
    : ['training'];
  const row = (title: string, accessor: Accessor) => panelRow(trials, splits, title, accessor, unit);
  const rows = [row('loss', lossOf), ...(score === undefined ? [] : [row(score, metricOf(score))])];
  const outside = rows.flat().some(({ marks }) => marks.some(isOutside));

  const ends = [
    ...trials.map((each) => stepsOf(each) * stepLengthOf(each, setup.rows, unit)),
    ...trainings.flatMap(({ evaluations }) => evaluations.slice(-1).map((evaluation) => timeOf(evaluation, unit))),
  ];

  return trainingFigure(
    {
      title: style.title ?? comparisonTitle(trials, unit),
      subtitle: comparisonSubtitle(comparison),
      names: compared.flatMap(({ name, model }) => [name, model]),
      description: comparisonDescription(comparison, trials, unit),
      unit,
      last: Math.max(0, ...ends) || 1,
      rows: rows.map((panels) => panels.map(({ panel }) => panel)),
      rates: moving ? trials.map((each) => ({ ...each.style, line: rateLineOf(each, setup.rows, unit) })) : [],
      legend: (width, height, size) =>
        layOutTrialLegend(trialEntries(trials, unit), markEntries(trials, outside, theme), width, height, size),
    },
    style,
  );
}

/** Panels of training and held-out rows side by side, on one axis, with their marks. */
function panelRow(
  trials: readonly StyledTrial[],
  splits: readonly Split[],
  title: string,
  accessor: Accessor,
  unit: TimeUnit,
) {
  const sides = splits.map((split) => trialCurves(trials, split, accessor, unit));
  const domain = domainOf(trials, sides, accessor, title);
  return sides.map((curves, i) => {
    const marks = trialMarks(curves, domain);
    const panel: GridPanel = {
      title: `${splits[i]} ${title}`,
      domain,
      shares: i > 0,
      draw: (frame, axis, show) => curvesPanel(trialLines(curves), marks, [], frame, axis, show),
    };
    return { panel, marks };
  });
}

function domainOf(
  trials: readonly StyledTrial[],
  sides: readonly (readonly TrialCurve[])[],
  accessor: Accessor,
  title: string,
): [number, number] {
  const all = trials.map(({ ranked }, i) => {
    const points = sides.flatMap((curves) => curves[i]?.points ?? []).filter(({ step }) => step > 0);
    return { values: points.flatMap(({ low, high }) => [low, high]), diverged: ranked.outcome === 'diverged' };
  });
  const trainings = trials.flatMap(({ trial }) => trial.trainings);
  const start = baseline(trainings, accessor);
  const short = trainings.every(({ evaluations }) => evaluations.length <= shortTraining);
  if (isScore(title)) return robustDomainOfScores(all, start, short);
  return includeZero(
    robustDomain(all, start, short),
    all.flatMap(({ values }) => values),
  );
}

const stepsOf = ({ trial }: StyledTrial) => Math.max(0, ...trial.trainings.map(stepsTaken));

const stepLengthOf = ({ trial }: StyledTrial, rows: number, unit: TimeUnit) =>
  stepLength(trial.trainings, trial.recipe, rows, unit);

function rateLineOf(styled: StyledTrial, rows: number, unit: TimeUnit): TimedRate[] {
  const { recipe, trainings } = styled.trial;
  const [first] = trainings;
  // Callbacks set other rates with each seed: the recipe has those of the first.
  const steps = recipe.callbacks && first ? stepsTaken(first) : stepsOf(styled);
  return rateLine(recipe.rates, stepLengthOf(styled, rows, unit), steps);
}

function trialEntries(trials: readonly StyledTrial[], unit: TimeUnit): TrialLegendEntry[] {
  return trials.map((each, i) => ({
    ...lineSymbol,
    ...each.style,
    strokeWidth: 2,
    text: `${i + 1}. ${each.ranked.name}`,
    suffix: outcomeSuffix(each, unit),
    shortSuffix: shortOutcomeSuffix(each, unit),
  }));
}

/** The legend of lines, bands and marks that hold for all trials, as far as they occur. */
function markEntries(trials: readonly StyledTrial[], outside: boolean, { muted: color }: Theme): LegendEntry[] {
  const several = trials.some(({ trial }) => trial.trainings.length > 1);
  const mark = { color, outline: true, area: markArea, strokeWidth: 2.25 };
  const has = (outcome: string) => trials.some(({ ranked }) => ranked.outcome === outcome);
  const entries: (LegendEntry | false)[] = [
    several && { ...lineSymbol, color, strokeWidth: 2, text: 'mean over seeds' },
    several && { text: 'lowest to highest seed', shape: 'square', color, opacity: 0.3, area: 140 },
    has('diverged') && { ...mark, shape: symbols.cross, text: 'diverged' },
    has('pruned') && { ...mark, shape: symbols.bar, text: 'pruned' },
    outside && { ...mark, shape: symbols.arrowUp, text: 'ends beyond the axis' },
  ];
  return entries.filter((entry) => entry !== false);
}

/** For each panel, the values of all trials. */
function readings(comparison: Comparison, theme: Theme): Readings {
  const { trials: compared, setup, options } = comparison;
  const unit = timeUnit(options);
  const trials = styledTrials(comparison, theme);
  const score = leadingScore(metricNames(compared.flatMap(({ trainings }) => trainings)));
  const measured: [title: string, accessor: Accessor][] = [
    ['loss', lossOf],
    ...(score === undefined ? [] : [[score, metricOf(score)] as [string, Accessor]]),
  ];
  const lines = measured.flatMap(([title, accessor]) =>
    (['validation', 'training'] as const).flatMap((split) =>
      trials.map(({ trial: { name, trainings }, style }): TimedSeries => {
        const group = `${split} ${title}`;
        const points = trainingCurve(trainings, split, accessor, unit);
        return { ...style, panel: viewName(group), group, name, points };
      }),
    ),
  );
  const rates = trials.map((each): TimedSeries => {
    const group = 'learning rate';
    const line = rateLineOf(each, setup.rows, unit);
    return { ...each.style, panel: viewName(group), group, name: each.trial.name, rates: line };
  });
  return timedReadings([...lines, ...rates], unit, 'validation loss');
}
