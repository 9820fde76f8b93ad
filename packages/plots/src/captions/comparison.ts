import type { Comparison } from '@lrfind/core/results';
import { stepText } from '../axes/step-axis.js';
import { numberText } from '../text/numbers.js';
import type { RankedRun } from './ranked-trials.js';
import { lengthText, measureText } from './training.js';
import { stepsTaken, type TimeUnit, timeOf } from '../curves/training-time.js';

/** Which run ended with the lowest held-out loss, and how many cannot be told from it. */
export function comparisonHeadline(runs: readonly RankedRun[], unit: TimeUnit): string {
  const [best, ...others] = runs;
  if (best?.standing.outcome !== 'finished') return 'No run finished';
  const { name, loss, spread } = best.standing;
  const length = lengthText(Math.max(...best.run.trainings.map((training) => lastTime(training, unit))), unit);
  const reached = `${withSpread(loss, spread)} after ${length}`;
  if (others.length === 0) return `${name}: validation loss ${reached}`;
  const same = others
    .filter(({ standing }) => standing.behind?.verdict === 'same')
    .map(({ standing }) => standing.name);
  const within =
    same.length === 0 ? '' : `; within the noise of it: ${same.length === 1 ? same[0] : `${same.length} others`}`;
  return `Lowest validation loss ${reached}: ${name}${within}`;
}

/** A mean with its standard deviation, written to the same place: `0.0800 ± 0.0033`. */
function withSpread(value: number | null, spread: number | null): string {
  if (value === null || spread === null) return measureText(value);
  const places = 1 - Math.floor(Math.log10(spread));
  const plain = places >= 0 && places <= 6 && Math.abs(value) < 1e5;
  return plain
    ? `${value.toFixed(places)} ± ${spread.toFixed(places)}`
    : `${measureText(value)} ± ${numberText(spread)}`;
}

/** What was compared and how often. */
export function comparisonSubject({ runs, setup }: Comparison): string {
  const seeds = Math.max(0, ...runs.map(({ trainings }) => trainings.length));
  const models = new Set(runs.map(({ model }) => model));
  const parts = [
    models.size === 1 ? [...models][0] : `${models.size} models`,
    setup.loss,
    runs.length === 1 ? '1 run' : `${runs.length} runs`,
    seeds === 1 ? '1 seed' : `${seeds} seeds (± standard deviation)`,
    `${stepText(setup.rows)} rows`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The chart in sentences, for those who cannot see it. */
export function comparisonDescription(comparison: Comparison, runs: readonly RankedRun[], unit: TimeUnit): string {
  const places = runs.map(({ standing }, i) => {
    const { name, loss } = standing;
    return `${i + 1}. ${name}${loss === null ? '' : `: validation loss ${measureText(loss)}`}${fate(runs[i] as RankedRun, unit)}.`;
  });
  return [
    `Training and validation loss, ${unit} by ${unit}, of ${comparisonSubject(comparison)}.`,
    ...comparison.conclusions,
    ...places,
  ].join(' ');
}

/** What is said after the name of a run that did not finish, such as ` – diverged at step 37`; nothing for the others. */
export function fate({ run: { trainings }, standing: { outcome, step } }: RankedRun, unit: TimeUnit): string {
  if (outcome === 'pruned') return ` – given up after ${lengthText(endOf(trainings, unit), unit)}`;
  if (outcome !== 'diverged') return '';
  const lost = trainings.filter((training) => training.outcome === 'diverged').length;
  const which = lost < trainings.length ? ` (${lost} of ${trainings.length} seeds)` : '';
  return ` – diverged at step ${stepText(step)}${which}`;
}

/** The same in fewer words. */
export function shortFate({ run: { trainings }, standing: { outcome, step } }: RankedRun, unit: TimeUnit): string {
  if (outcome === 'pruned') return ` – ${lengthText(endOf(trainings, unit), unit)}`;
  return outcome === 'diverged' ? ` – step ${stepText(step)}` : '';
}

type Trainings = RankedRun['run']['trainings'];

const endOf = (trainings: Trainings, unit: TimeUnit) => Math.max(...trainings.map((each) => lastTime(each, unit)));

function lastTime(training: Trainings[number], unit: TimeUnit): number {
  const point = training.points.at(-1);
  return point ? timeOf(point, unit) : unit === 'step' ? stepsTaken(training) : 0;
}
