import { type Comparison } from '@lrfind/core/results';
import { InputError } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { type ChartOptions, chartLook } from '../layout/chart-options.js';
import { curvesPanel } from '../panels/curves.js';
import { layRunKey } from '../layout/trial-legend.js';
import { mostSeries } from '../layout/series-style.js';
import { bulkRange, bulkRangeUpwards, downToZero, fewPoints } from '../curves/robust-domain.js';
import {
  arrows,
  type ComparedCurve,
  comparedCurves,
  flagsOf,
  linesOf,
  type RankedRun,
  rankedRuns,
} from '../captions/ranked-trials.js';
import { comparisonDescription, comparisonHeadline, comparisonSubject } from '../captions/comparison.js';
import { comparisonKey } from '../captions/comparison-legend.js';
import { rateLine } from '../curves/rate-line.js';
import { isAccuracy, loss, metric, metricNames, type Part, type Pick, startLevel } from '../curves/training-curve.js';
import { type GridPanel, trainingPicture } from './training-figure.js';
import { stepLength, stepsTaken, type TimeUnit, timeOf, timeUnit } from '../curves/training-time.js';

/**
 * Runs of a comparison over their epochs, or over their steps where the length was given in steps: training and validation loss side by side on
 * one axis, below them an accuracy where one was measured, and below that the learning rates where any of them moves. A line is the
 * mean over the seeds that came so far, its band reaches from the lowest to the highest of them. The key has the runs in the order of
 * the ranking, and says which diverged or were given up.
 *
 * The axis of losses shows what was reached by the runs that did not diverge; what is beyond it is cut off, and an arrow stands where
 * a line ends there. Where the picture is too low, the learning rates are left out, then the accuracy.
 *
 * @param comparison of at most 12 runs
 * @param options the default height is 520 pixels, 160 more with an accuracy, and 120 more with learning rates
 * @returns a Vega-Lite specification that holds its data
 * @throws InputError for no run or too many, or an option that makes no sense
 */
export function trainingComparison(comparison: Comparison, options: ChartOptions = {}): TopLevelSpec {
  const { runs: compared, setup } = comparison;
  if (compared.length === 0 || compared.length > mostSeries) {
    throw new InputError(
      `comparison: expected 1 to ${mostSeries} runs, as more lines cannot be told apart; got ${compared.length}`,
    );
  }
  const trainings = compared.flatMap((run) => run.trainings);
  const accuracy = metricNames(trainings).find(isAccuracy);
  const moving = compared.some(({ recipe: { rates } }) => rates.some(({ rate }) => rate !== rates[0]?.rate));
  const look = chartLook(options, [], 520 + (accuracy === undefined ? 0 : 160) + (moving ? 120 : 0));
  const { theme } = look;
  const unit = timeUnit(comparison.options);
  const runs = rankedRuns(comparison, theme);

  const parts: Part[] = trainings.some(({ start, points }) => start || points.some(({ validation }) => validation))
    ? ['training', 'validation']
    : ['training'];
  const row = (title: string, pick: Pick) => rowOf(runs, parts, title, pick, unit);
  const rows = [row('loss', loss), ...(accuracy === undefined ? [] : [row(accuracy, metric(accuracy))])];
  const beyond = rows.flat().some(({ flags }) => flags.some(({ shape }) => arrows.includes(shape)));

  const length = ({ run }: RankedRun) => stepLength(run.trainings, run.recipe, setup.rows, unit);
  const steps = ({ run }: RankedRun) => Math.max(0, ...run.trainings.map(stepsTaken));
  const ends = [
    ...runs.map((run) => steps(run) * length(run)),
    ...trainings.flatMap(({ points }) => points.slice(-1).map((point) => timeOf(point, unit))),
  ];

  return trainingPicture(
    {
      title: look.title ?? comparisonHeadline(runs, unit),
      subtitle: comparisonSubject(comparison),
      description: comparisonDescription(comparison, runs, unit),
      unit,
      last: Math.max(0, ...ends) || 1,
      rows: rows.map((panels) => panels.map(({ panel }) => panel)),
      rates: moving
        ? runs.map((run) => ({ ...run.look, line: rateLine(run.run.recipe.rates, length(run), steps(run)) }))
        : [],
      key: (width, height, size) => layRunKey(...comparisonKey(runs, unit, beyond, theme), width, height, size),
    },
    look,
  );
}

/** Panels of training and held-out rows beside each other, on one axis, with the marks in them. */
function rowOf(runs: readonly RankedRun[], parts: readonly Part[], title: string, pick: Pick, unit: TimeUnit) {
  const sides = parts.map((part) => comparedCurves(runs, part, pick, unit));
  const domain = domainOf(runs, sides, pick, title);
  return sides.map((curves, i) => {
    const flags = flagsOf(curves, domain);
    const panel: GridPanel = {
      title: `${parts[i]} ${title}`,
      domain,
      shares: i > 0,
      draw: (frame, axis, show) => curvesPanel(linesOf(curves), flags, [], frame, axis, show),
    };
    return { panel, flags };
  });
}

function domainOf(
  runs: readonly RankedRun[],
  sides: readonly (readonly ComparedCurve[])[],
  pick: Pick,
  title: string,
): [number, number] {
  const bulks = runs.map(({ standing }, i) => {
    const points = sides.flatMap((curves) => curves[i]?.points ?? []).filter(({ step }) => step > 0);
    return { values: points.flatMap(({ low, high }) => [low, high]), diverged: standing.outcome === 'diverged' };
  });
  const trainings = runs.flatMap(({ run }) => run.trainings);
  const start = startLevel(trainings, pick);
  const short = trainings.every(({ points }) => points.length <= fewPoints);
  if (isAccuracy(title)) return bulkRangeUpwards(bulks, start, short);
  return downToZero(
    bulkRange(bulks, start, short),
    bulks.flatMap(({ values }) => values),
  );
}
