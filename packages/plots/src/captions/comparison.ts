import { counted, countText, numberText } from '@lrfind/core';
import type { Comparison, Training } from '@lrfind/core/results';
import type { TrialWithRank } from '../curves/training-curve.js';
import { stepsTaken, type TimeUnit, timeOf } from '../curves/training-time.js';
import { durationText, finiteText } from './phrases.js';

/** The trial that ended with the lowest validation loss, and those within its noise. */
export function comparisonTitle(trials: readonly TrialWithRank[], unit: TimeUnit): string {
  const [best, ...others] = trials;
  if (best?.ranked.outcome !== 'finished') return 'No trial finished';
  const { loss, spread } = best.ranked;
  const { name } = best.ranked;
  const restored = best.trial.trainings.some((training) => training.restored);
  const when = restored ? 'with restored weights' : `after ${durationText(endTime(best.trial.trainings, unit), unit)}`;
  const reached = `${withSpread(loss, spread)} ${when}`;
  if (others.length === 0) return `${name}: validation loss ${reached}`;
  const same = others.filter(({ ranked }) => ranked.behind?.verdict === 'same').map(({ ranked }) => ranked.name);
  const within =
    same.length === 0 ? '' : `; within the noise of it: ${same.length === 1 ? same[0] : `${same.length} others`}`;
  return `Lowest validation loss ${reached}: ${name}${within}`;
}

/** A mean with its standard deviation, to the same decimal: `0.0800 ± 0.0033`. */
export function withSpread(value: number | null, spread: number | null): string {
  if (value === null || spread === null) return finiteText(value);
  const decimals = 1 - Math.floor(Math.log10(spread));
  const plain = decimals >= 0 && decimals <= 6 && Math.abs(value) < 1e5;
  return plain
    ? `${value.toFixed(decimals)} ± ${spread.toFixed(decimals)}`
    : `${finiteText(value)} ± ${numberText(spread)}`;
}

/** The models, the loss, and the number of trials, seeds and rows. */
export function comparisonSubtitle({ trials, setup }: Comparison): string {
  const seeds = Math.max(0, ...trials.map(({ trainings }) => trainings.length));
  const models = new Set(trials.map(({ model }) => model));
  const parts = [
    models.size === 1 ? [...models][0] : `${models.size} models`,
    setup.loss,
    counted(trials.length, 'trial'),
    seeds === 1 ? '1 seed' : `${seeds} seeds (± standard deviation)`,
    `${countText(setup.rows)} rows`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The chart in sentences, for screen readers. */
export function comparisonDescription(
  comparison: Comparison,
  trials: readonly TrialWithRank[],
  unit: TimeUnit,
): string {
  const ranks = trials.map((each, i) => {
    const { name, loss } = each.ranked;
    return `${i + 1}. ${name}${loss === null ? '' : `: validation loss ${finiteText(loss)}`}${outcomeSuffix(each, unit)}.`;
  });
  return [
    `Training and validation loss, ${unit} by ${unit}, of ${comparisonSubtitle(comparison)}.`,
    ...comparison.conclusions,
    ...ranks,
  ].join(' ');
}

/** What follows the name of a trial that did not take all its steps, such as ` – diverged at step 37`; empty for the others. */
export function outcomeSuffix({ trial: { trainings }, ranked }: TrialWithRank, unit: TimeUnit): string {
  if (ranked.outcome === 'failed') return ' – failed';
  if (ranked.outcome === 'pruned') return ` – pruned after ${durationText(endTime(trainings, unit), unit)}`;
  if (ranked.outcome !== 'diverged') {
    const stopped = stoppedTrainings(trainings);
    return stopped.length > 0 ? ` – stopped after ${durationText(endTime(stopped, unit), unit)}` : '';
  }
  const lost = trainings.filter((training) => training.outcome === 'diverged').length;
  const which = lost < trainings.length ? ` (${lost} of ${trainings.length} seeds)` : '';
  return ` – diverged at step ${countText(ranked.step)}${which}`;
}

/** The same in fewer words. */
export function shortOutcomeSuffix({ trial: { trainings }, ranked }: TrialWithRank, unit: TimeUnit): string {
  if (ranked.outcome === 'failed') return ' – failed';
  const ended = ranked.outcome === 'pruned' ? trainings : stoppedTrainings(trainings);
  if (ranked.outcome !== 'diverged' && ended.length > 0) return ` – ${durationText(endTime(ended, unit), unit)}`;
  return ranked.outcome === 'diverged' ? ` – step ${countText(ranked.step)}` : '';
}

/** Those that callbacks ended, if they ended all: a line is as long as its longest training. */
function stoppedTrainings(trainings: readonly Training[]): readonly Training[] {
  return trainings.every(({ outcome }) => outcome === 'stopped') ? trainings : [];
}

/** The time of the last evaluation of any of the trainings. */
function endTime(trainings: readonly Training[], unit: TimeUnit): number {
  return Math.max(
    ...trainings.map((training) => {
      const last = training.evaluations.at(-1);
      return last ? timeOf(last, unit) : unit === 'step' ? stepsTaken(training) : 0;
    }),
  );
}
