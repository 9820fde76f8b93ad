import { mean, spansDecade } from '@lrfind/core';
import type { Comparison, TrialResult } from '@lrfind/core/results';
import { type Curve, chartColumns, letterOf, terminalCurves } from '../shared/terminal/chart.js';

/**
 * The loss on the validation rows over the epochs in characters: the mean over seeds, with the letter of the trial's place in
 * the ranking. Losses above the one before the first step are not drawn. Empty where there is nothing to draw.
 */
export function lossChart({ ranking, trials }: Comparison): string {
  const named = new Map(trials.map((trial) => [trial.name, trial]));
  const ranked = ranking.map(({ name }) => meanLosses(named.get(name) as TrialResult));
  const last = Math.max(...ranked.map((line) => line.at(-1)?.[0] ?? 0));
  const highest = Math.max(...ranked.flatMap((line) => line.slice(0, 1).map(([, loss]) => loss)));
  const shown = ranked.map((line) => line.filter(([, loss]) => loss <= highest));
  if (!(last > 0) || shown.flat().length === 0) return '';
  const isLog = spansDecade(shown.flat().map(([, loss]) => loss));
  const curves = shown.map((line, place): Curve => {
    const points = interpolated(line, last);
    return { symbol: letterOf(place), points: isLog ? points.map(([x, y]) => [x, Math.log10(y)]) : points };
  });
  return terminalCurves(curves, {
    isLog,
    xTicks: [0, Math.round(last / 2), Math.round(last)].filter((epoch, i, all) => all.indexOf(epoch) === i),
    xText: (epoch) => (epoch === 0 ? 'epoch 0' : String(epoch)),
  });
}

/** The mean over seeds at the start and at every evaluation at which all seeds have a loss. */
function meanLosses({ trainings }: TrialResult): [epoch: number, loss: number][] {
  const lines = trainings.map(({ start, evaluations }) => [
    { epoch: 0, loss: start?.loss ?? null },
    ...evaluations.map(({ epoch, validation }) => ({ epoch, loss: validation?.loss ?? null })),
  ]);
  return (lines[0] ?? []).flatMap(({ epoch }, i): [number, number][] => {
    const losses = lines.map((line) => line[i]?.loss ?? Number.NaN);
    return losses.every(Number.isFinite) ? [[epoch, mean(losses)]] : [];
  });
}

/** A line at every column that it reaches, interpolated linearly. */
function interpolated(line: readonly [number, number][], last: number): [number, number][] {
  const columns = chartColumns();
  return Array.from({ length: columns }, (_, column) => (column * last) / (columns - 1)).flatMap(
    (epoch): [number, number][] => {
      const next = line.findIndex(([at]) => at >= epoch - 1e-9);
      const [after, before] = [line[next], line[Math.max(0, next - 1)]];
      if (!after || !before || epoch < before[0] - 1e-9) return [];
      const share = after[0] === before[0] ? 0 : (epoch - before[0]) / (after[0] - before[0]);
      return [[epoch, before[1] + share * (after[1] - before[1])]];
    },
  );
}
