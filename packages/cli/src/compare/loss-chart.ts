import { type TrialResult, type Comparison } from '@lrfind/core/results';
import { mean } from '@lrfind/core';
import { rateText } from '../shared/terminal/numbers.js';
import { type Curve, columns, letterOf, terminalCurves } from '../shared/terminal/chart.js';

/**
 * The loss on the held-out rows over the epochs in characters, the mean over seeds, each run by the letter of its place in the ranking.
 * What lies above the loss before the first step is left out. Empty where there is nothing to draw.
 */
export function lossChart({ ranking, runs }: Comparison): string {
  const ranked = ranking.map(({ name }) => meanLosses(runs.find((run) => run.name === name) as TrialResult));
  const last = Math.max(...ranked.flatMap((line) => line.map(([epoch]) => epoch)));
  const starts = ranked.flatMap((line) => line.slice(0, 1).map(([, loss]) => loss));
  const shown = ranked.map((line) => line.filter(([, loss]) => loss <= Math.max(...starts)));
  const losses = shown.flat().map(([, loss]) => loss);
  const ends: [number, number] = [Math.min(...losses), Math.max(...losses)];
  if (!(last > 0) || !(ends[0] < ends[1])) return '';
  const curves = shown.map((line, place): Curve => ({ symbol: letterOf(place), points: sampled(line, last) }));
  return terminalCurves(curves, {
    ends,
    xTicks: [0, Math.round(last / 2), Math.round(last)].filter((epoch, i, all) => all.indexOf(epoch) === i),
    yTicks: [ends[0], (ends[0] + ends[1]) / 2, ends[1]],
    xText: (epoch) => (epoch === 0 ? 'epoch 0' : String(epoch)),
    yText: (loss) => rateText(loss),
  });
}

/** The mean over seeds at every point at which all of them have a loss, the start first. */
function meanLosses({ trainings }: TrialResult): [epoch: number, loss: number][] {
  const lines = trainings.map(({ start, points }) => [
    { epoch: 0, loss: start?.loss ?? null },
    ...points.map(({ epoch, validation }) => ({ epoch, loss: validation?.loss ?? null })),
  ]);
  return (lines[0] ?? []).flatMap(({ epoch }, i): [number, number][] => {
    const losses = lines.map((line) => line[i]?.loss ?? Number.NaN);
    return losses.every(Number.isFinite) ? [[epoch, mean(losses)]] : [];
  });
}

/** A line at every column that it reaches, straight between its points. */
function sampled(line: readonly [number, number][], last: number): [number, number][] {
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
