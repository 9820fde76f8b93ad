import type { Comparison, TrainingResult } from '@lrfind/core/results';
import type { Theme } from '../../theme.js';
import { rankedRuns } from '../../captions/ranked-trials.js';
import { rateLine } from '../../curves/rate-line.js';
import { isAccuracy, loss, metric, metricNames, type Part, type Pick, runCurve } from '../../curves/training-curve.js';
import { viewName } from '../../charts/training-figure.js';
import { stepLength, stepsTaken, timeUnit } from '../../curves/training-time.js';
import type { Readings } from '../readings.js';
import { type TimedSeries, timedReadings } from './timed-readings.js';

const parts = ['validation', 'training'] as const satisfies Part[];

/** What can be read in the figure of a training: losses, metrics and the learning rate at each point. */
export function trainingReadings(run: TrainingResult, theme: Theme): Readings {
  const { training, recipe, setup, options } = run;
  const unit = timeUnit(options);
  const color = { validation: theme.heldOut, training: theme.loss };
  const measured: [title: string, pick: Pick][] = [
    ['loss', loss],
    ...metricNames([training]).map((name): [string, Pick] => [name, metric(name)]),
  ];
  const lines = measured.flatMap(([title, pick]) =>
    parts.map(
      (part): TimedSeries => ({
        panel: viewName(title),
        group: 'training',
        name: `${part} ${title}`,
        color: color[part],
        dash: [],
        points: runCurve([training], part, pick, unit),
      }),
    ),
  );
  const rates = rateLine(recipe.rates, stepLength([training], recipe, setup.rows, unit), stepsTaken(training));
  const rate = { panel: viewName('learning rate'), name: 'learning rate', color: theme.steepest, dash: [], rates };
  return timedReadings([...lines, { ...rate, group: 'training' }], unit, 'training');
}

/** What can be read in the figure of a comparison: of all runs what one of its panels shows. */
export function comparisonReadings(comparison: Comparison, theme: Theme): Readings {
  const { runs, setup, options } = comparison;
  const unit = timeUnit(options);
  const ranked = rankedRuns(comparison, theme);
  const accuracy = metricNames(runs.flatMap(({ trainings }) => trainings)).find(isAccuracy);
  const measured: [title: string, pick: Pick][] = [
    ['loss', loss],
    ...(accuracy === undefined ? [] : [[accuracy, metric(accuracy)] as [string, Pick]]),
  ];
  const lines = measured.flatMap(([title, pick]) =>
    parts.flatMap((part) =>
      ranked.map(({ run: { name, trainings }, look }): TimedSeries => {
        const group = `${part} ${title}`;
        return { ...look, panel: viewName(group), group, name, points: runCurve(trainings, part, pick, unit) };
      }),
    ),
  );
  const rates = ranked.map(({ run: { name, trainings, recipe }, look }): TimedSeries => {
    const length = stepLength(trainings, recipe, setup.rows, unit);
    const steps = Math.max(0, ...trainings.map(stepsTaken));
    const group = 'learning rate';
    return { ...look, panel: viewName(group), group, name, rates: rateLine(recipe.rates, length, steps) };
  });
  return timedReadings([...lines, ...rates], unit, 'validation loss');
}
