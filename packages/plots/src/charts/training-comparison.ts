import { countText, greatest, InputError } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import {
  comparisonDescription,
  comparisonSubtitle,
  comparisonTitle,
  outcomeSuffix,
  shortOutcomeSuffix,
  withSpread,
} from '../captions/comparison.js';
import { metricText } from '../captions/metric-name.js';
import { finiteText } from '../captions/phrases.js';
import { rateLine, type TimedRate } from '../curves/rate-line.js';
import {
  type DomainCurve,
  includeZero,
  robustDomain,
  robustDomainOfScores,
  shortTraining,
} from '../curves/robust-domain.js';
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
import { type ChartOptions, type ChartStyle, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, layOutLegend, legendView, lineSymbol, symbols } from '../layout/legend.js';
import { layOutTrialLegend, type TrialLegendEntry } from '../layout/trial-legend.js';
import { curvesPanel, markArea } from '../panels/curves.js';
import {
  endLosses,
  type FinalLossRow,
  finalScale,
  intervalOf,
  layOutFinalLosses,
  rangeText,
} from '../panels/final-losses.js';
import {
  bandOfOthers,
  isOutside,
  type StyledTrial,
  styledTrials,
  type TrialCurve,
  trialCurves,
  trialLines,
  trialMarks,
} from '../panels/trial-curves.js';
import { withReadableNames } from '../text/readable-names.js';
import { maxSeries, type Theme, themes } from '../theme.js';
import type { Chart, Readings } from './chart.js';
import { enlargedPart } from './enlarged-part.js';
import { lossScale, type Scale } from './loss-scale.js';
import { type TimedSeries, timedReadings } from './timed-readings.js';
import { type Footer, type GridPanel, legendFooter, logNote, trainingFigure, viewName } from './training-figure.js';

/** Loss, accuracy and learning rate of the trials of a comparison. */
export const trainingComparisonChart: Chart<Comparison> = {
  name: 'training-comparison',
  format: 'lrfind-comparison',
  summary: 'loss, accuracy and learning rate of several trials, on training and validation rows',
  caption:
    'The trials on the training rows and on the validation rows: mean over the seeds, with a band from the lowest to the highest seed. The rows below list the trials in the order of the ranking, with the loss of each seed at the end, their mean, and the 95 % interval of the difference to the best. The learning rates of a trial with callbacks are those of its first seed.',
  draw: trainingComparison,
  drawable: ({ ranking, trials }) => ranking.length > 0 && trials.length > 0,
  readings,
};

/** So many of the best trials have lines of their own where there are more than can be told apart. */
const MOST_LINES = 10;

/** Figures at least that wide show training rows beside validation rows and the enlarged end. */
const WIDE = 640;

/**
 * The trials of a comparison over their epochs, or over their steps where the length was given in steps. It shows training
 * and validation loss side by side on one axis, which is logarithmic where the losses span a decade, and the last part of the
 * validation loss enlarged where the best trials run together there. Below them is an accuracy, or another score, where one was
 * measured, and below that the learning rates where any of them changes. A low figure leaves out the learning rates, then the
 * accuracy. A line is the mean over the seeds that got that far; its band reaches from the lowest to the highest of them.
 *
 * The rows below the panels list the trials in the order of the ranking, with the losses at the end as a dot plot: each seed, the
 * mean, and the interval of the difference to the best. Where there is no room for it, a legend lists the trials. Of more than 12
 * trials the best ten have lines, and a band shows the others.
 *
 * The loss axis covers the losses of trials that did not diverge; an arrow shows where a line ends outside it.
 *
 * @param options the default height is 440 pixels and 18 for each trial, 160 more with an accuracy, and 120 more with learning rates
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for no trial, or for an invalid option
 *
 * @example
 * const svg = await renderSvg(trainingComparison(comparison, { width: 1200 }));
 */
export function trainingComparison(given: Comparison, options: ChartOptions = {}): TopLevelSpec {
  const comparison = withReadableNames(given);
  const { trials: compared, setup } = comparison;
  if (compared.length === 0) throw new InputError('comparison must have at least one trial; got none');
  const trainings = compared.flatMap((trial) => trial.trainings);
  const score = leadingScore(metricNames(trainings));
  const ranked = styledTrials(comparison, themes.light);
  const shownCount = ranked.length > maxSeries ? MOST_LINES : ranked.length;
  const moving = ranked.slice(0, shownCount).some(({ trial }) => isMoving(trial.recipe.rates));
  const rows = shownCount + (ranked.length > shownCount ? 1 : 0);
  const style = chartStyle(options, undefined, {
    growing: 380 + (score === undefined ? 0 : 160) + (moving ? 120 : 0),
    // The rows with their axis.
    lines: 18 * rows + 60,
  });
  const { theme } = style;
  const unit = timeUnit(comparison.options);
  const all = styledTrials(comparison, theme);
  const trials = all.slice(0, shownCount);
  const others = all.slice(shownCount);

  const ends = [
    ...all.map((each) => stepsOf(each) * stepLengthOf(each, setup.rows, unit)),
    ...trainings.flatMap(({ evaluations }) => evaluations.slice(-1).map((evaluation) => timeOf(evaluation, unit))),
  ];
  const time = style.x ?? ([0, Math.max(0, greatest(ends)) || 1] as const);
  const splits: Split[] = trainings.some(
    ({ start, evaluations }) => start || evaluations.some(({ validation }) => validation),
  )
    ? ['training', 'validation']
    : ['training'];

  const held = splits.at(-1) as Split;
  const measured = splits.map((split) => trialCurves(trials, split, lossOf, unit));
  const scale = scaleOf(trials, measured, lossOf, 'loss', style);
  const enlarged = style.x ? null : enlargedPart(measured.at(-1) as TrialCurve[], scale);
  const panels = style.width < WIDE && enlarged ? splits.slice(-1) : splits;
  const row = (name: string, accessor: Accessor) => {
    const curves = splits.map((split) => trialCurves(trials, split, accessor, unit));
    const sides = panels.map((split) => curves[splits.indexOf(split)] as TrialCurve[]);
    const own = scaleOf(trials, sides, accessor, name, style);
    const rest = (split: Split) => bandOfOthers(trialCurves(others, split, accessor, unit), theme);
    const whole = panels.map((split, i) =>
      panelOf(sides[i] as TrialCurve[], rest(split), own, {
        title: `${split} ${metricText(name)}${own.log ? logNote : ''}`,
        shares: i > 0,
      }),
    );
    if (!enlarged) return whole;
    const part = enlarged.scaleOf(curves.at(-1) as TrialCurve[]);
    return [
      ...whole,
      panelOf(curves.at(-1) as TrialCurve[], rest(held), part, {
        title: `${held} ${metricText(name)}, ${enlarged.text(unit)}${part.log ? logNote : ''}`,
        time: enlarged.time,
      }),
    ];
  };
  const grid = [row('loss', lossOf), ...(score === undefined ? [] : [row(score, metricOf(score))])];
  const outside = grid.flat().some(({ marks }) => marks.some(isOutside));

  return trainingFigure(
    {
      title: style.title ?? comparisonTitle(all, unit),
      subtitle: comparisonSubtitle(comparison),
      names: compared.flatMap(({ name, model }) => [name, model]),
      description: comparisonDescription(comparison, all, unit),
      unit,
      time,
      rows: grid.map((each) => each.map(({ panel }) => panel)),
      rates: moving ? trials.map((each) => ({ ...each.style, line: rateLineOf(each, setup.rows, unit) })) : [],
      footer: (width, height, size) => footerOf(trials, others, outside, unit, style, { width, height, size }),
    },
    style,
  );
}

function panelOf(
  curves: readonly TrialCurve[],
  others: ReturnType<typeof bandOfOthers>,
  { domain, log }: Scale,
  own: Pick<GridPanel, 'title' | 'shares' | 'time'>,
) {
  const marks = trialMarks(curves, domain);
  const panel: GridPanel = {
    ...own,
    domain,
    log,
    draw: (frame, axis, show) => curvesPanel([...trialLines(curves), ...others], marks, [], frame, axis, show),
  };
  return { panel, marks };
}

function scaleOf(
  trials: readonly StyledTrial[],
  sides: readonly (readonly TrialCurve[])[],
  accessor: Accessor,
  name: string,
  { x, ...style }: ChartStyle,
): Scale {
  const within = ({ step, time }: TrialCurve['points'][0]) => step > 0 && (!x || (time >= x[0] && time <= x[1]));
  const all: DomainCurve[] = trials.map(({ ranked }, i) => {
    const points = sides.flatMap((curves) => curves[i]?.points ?? []).filter(within);
    return { values: points.flatMap(({ low, high }) => [low, high]), diverged: ranked.outcome === 'diverged' };
  });
  const trainings = trials.flatMap(({ trial }) => trial.trainings);
  const start = baseline(trainings, accessor);
  const short = trainings.every(({ evaluations }) => evaluations.length <= shortTraining);
  if (isScore(name)) return { domain: robustDomainOfScores(all, start, short), log: false };
  const linear = robustDomain(all, start, short);
  const good = all.some(({ diverged, values }) => !diverged && values.length > 0)
    ? all.filter(({ diverged }) => !diverged)
    : all;
  const shown = good.flatMap(({ values }) => values).filter((value) => value <= linear[1]);
  const wide = includeZero(
    linear,
    all.flatMap(({ values }) => values),
  );
  if (name !== 'loss') return { domain: wide, log: false };
  return lossScale(wide, start !== null && start > 0 && !x ? [...shown, start] : shown, style, true);
}

/** Whether a learning rate changes. */
function isMoving(rates: readonly { readonly rate: number }[]): boolean {
  return rates.some(({ rate }) => rate !== rates[0]?.rate);
}

/** The dot plot of the losses at the end, or, where that leaves the panels too little room, a legend in columns. */
function footerOf(
  trials: readonly StyledTrial[],
  others: readonly StyledTrial[],
  outside: boolean,
  unit: TimeUnit,
  { theme, logLoss }: ChartStyle,
  { width, height, size }: { width: number; height: number; size: number },
): Footer {
  const rows = finalRows(trials, others, unit);
  const start = baseline(
    trials.flatMap(({ trial }) => trial.trainings),
    lossOf,
  );
  const best = trials[0]?.ranked.outcome === 'finished' ? trials[0].ranked.loss : null;
  const entries = markEntries(trials, rows, outside, theme);
  const plot = layOutFinalLosses(rows, finalScale(rows, start, logLoss), best, width, size);
  const below = layOutLegend(entries, width, size);
  if (rows.some(({ loss }) => loss !== null) && plot.height + below.height <= height)
    return {
      height: plot.height + below.height,
      views: (box) => [plot.view({ ...box, width }), legendView(below, { ...box, top: 0, color: theme.muted })],
    };
  return legendFooter(
    layOutTrialLegend(
      trialEntries(rows, theme),
      entries.filter(({ dotted }) => !dotted),
      width,
      height,
      size,
    ),
  );
}

function finalRows(trials: readonly StyledTrial[], others: readonly StyledTrial[], unit: TimeUnit): FinalLossRow[] {
  const best = trials[0]?.ranked.loss ?? null;
  const own = trials.map((each, i): FinalLossRow => {
    const { loss, spread, outcome } = each.ranked;
    return {
      ...{ style: each.style, name: each.ranked.name, rank: `${i + 1}. ` },
      ...{ suffix: outcomeSuffix(each, unit), shortSuffix: shortOutcomeSuffix(each, unit) },
      ...{ seeds: endLosses(each), loss, interval: intervalOf(each, best), hollow: outcome === 'pruned' },
      value: loss === null ? '' : spread === null ? finiteText(loss) : withSpread(loss, spread),
    };
  });
  if (others.length === 0) return own;
  const losses = others.flatMap(({ ranked: { loss } }) => (loss === null ? [] : [loss]));
  const count = (outcome: string) => others.filter(({ ranked }) => ranked.outcome === outcome).length;
  const parts = (['pruned', 'diverged', 'failed'] as const).flatMap((outcome) =>
    count(outcome) > 0 ? [`${countText(count(outcome))} ${outcome}`] : [],
  );
  return [
    ...own,
    {
      ...{ style: null, name: `${others.length} others`, rank: '' },
      ...{ suffix: parts.length > 0 ? ` – ${parts.join(', ')}` : '', shortSuffix: '' },
      ...{ seeds: losses, loss: null, interval: null, hollow: false, value: rangeText(losses) },
    },
  ];
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

/** The trials in a legend, with their losses, as there is no dot plot to show them. */
function trialEntries(rows: readonly FinalLossRow[], { muted }: Theme): TrialLegendEntry[] {
  return rows.map(({ style, rank, name, suffix, shortSuffix, loss }) => {
    const reached = loss === null ? '' : `: ${finiteText(loss)}`;
    return {
      ...(style
        ? { ...lineSymbol, ...style, strokeWidth: 2 }
        : { shape: 'square', color: muted, opacity: 0.3, area: 140 }),
      ...{ rank, text: name, suffix: `${reached}${suffix}`, shortSuffix: reached || shortSuffix },
    };
  });
}

/** An entry that explains a mark; of the dot plot alone, if it is `dotted`. */
type MarkEntry = LegendEntry & { dotted?: boolean };

/** The legend of lines, bands and marks that hold for all trials, as far as they occur. */
function markEntries(
  trials: readonly StyledTrial[],
  rows: readonly FinalLossRow[],
  outside: boolean,
  { muted: color }: Theme,
): MarkEntry[] {
  const several = trials.some(({ trial }) => trial.trainings.length > 1);
  const mark = { color, outline: true, area: markArea, strokeWidth: 2.25 };
  const has = (outcome: string) => trials.some(({ ranked }) => ranked.outcome === outcome);
  const interval = { text: '95 % interval of the difference to the best', shape: symbols.span, dotted: true };
  const entries: (MarkEntry | false)[] = [
    several && { shape: symbols.linePoint, color, outline: true, area: 400, strokeWidth: 2, text: 'mean over seeds' },
    several && { text: 'lowest to highest seed', shape: 'square', color, opacity: 0.3, area: 140 },
    several && { text: 'one seed', shape: 'circle', color, opacity: 0.55, area: 14, dotted: true },
    rows.some((row) => row.interval) && { ...interval, color, outline: true, area: 400, strokeWidth: 1.5 },
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
  const all = styledTrials(comparison, theme);
  const trials = all.slice(0, all.length > maxSeries ? MOST_LINES : all.length);
  const score = leadingScore(metricNames(compared.flatMap(({ trainings }) => trainings)));
  const measured: [title: string, accessor: Accessor][] = [
    ['loss', lossOf],
    ...(score === undefined ? [] : [[metricText(score), metricOf(score)] as [string, Accessor]]),
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
