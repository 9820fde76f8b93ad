import type { TrialResult, Comparison, RankedTrial } from '@lrfind/core/results';
import { countText, rateText } from '../shared/terminal/numbers.js';
import { letterOf } from '../shared/terminal/chart.js';
import { textTable } from '../shared/terminal/text-table.js';
import { measureText } from '../shared/measures-text.js';
import { lossChart } from './loss-chart.js';

/** The outcome for a person at a terminal: the losses as curves, the ranking with spread and noise, and what it shows. */
export function comparisonSummary(comparison: Comparison): string {
  const { setup, runs, environment, conclusions } = comparison;
  const seeds = runs[0]?.trainings.length ?? 0;
  const head = [
    `${runs.length} runs`,
    `${seeds} seed${seeds === 1 ? '' : 's'}`,
    `${countText(setup.rows)} rows, ${countText(setup.heldOut)} held out`,
    setup.loss,
    environment.backend,
    `${environment.seconds.toFixed(1)} s`,
  ].join(' · ');
  const notes = [...setup.notes, ...new Set(runs.flatMap((run) => run.notes))].map((note) => `note: ${note}`);
  const blocks = [head, lossChart(comparison), ranking(comparison), conclusions.join('\n'), notes.join('\n')];
  return `\n${blocks.filter(Boolean).join('\n\n')}\n\n`;
}

function ranking({ ranking: standings, runs, setup }: Comparison): string {
  const [metric] = setup.metrics;
  const run = ({ name }: RankedTrial) => runs.find((each) => each.name === name) as TrialResult;
  const header = ['', 'run', 'learning rate', 'held-out loss', ...(metric ? [metric] : []), 'behind the best'];
  const rows = standings.map((standing, place) => [
    letterOf(place),
    standing.name,
    rateOf(run(standing)),
    lossOf(standing),
    ...(metric ? [measured(standing.metrics[metric])] : []),
    behind(standing, place),
  ]);
  const same = rows.every(([, name, rate]) => name === rate || name === `lr ${rate}`);
  return textTable([header, ...rows].map((row) => (same ? row.toSpliced(2, 1) : row))).join('\n');
}

function rateOf({ recipe: { learningRate, found } }: TrialResult): string {
  return found ? `${learningRate} (found, ${found.verdict})` : learningRate;
}

function lossOf({ loss, spread }: RankedTrial): string {
  if (loss === null) return '';
  return spread === null ? measureText(loss) : `${measureText(loss)} ± ${Number(spread.toPrecision(2))}`;
}

function measured(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : measureText(value);
}

function behind({ outcome, step, behind: difference }: RankedTrial, place: number): string {
  if (outcome === 'diverged') return `diverged after ${countText(step)} steps`;
  if (outcome === 'pruned') return `given up after ${countText(step)} steps`;
  if (!difference) return place === 0 ? 'the best' : '';
  const { low, high, verdict } = difference;
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${rateText(Math.abs(value), 2)}`;
  const interval = low === null || high === null ? '' : ` (${signed(low)} to ${signed(high)})`;
  const said = { worse: 'more than the noise', same: 'within the noise', unknown: 'noise unknown' }[verdict];
  return `${signed(difference.difference)}${interval}, ${said}`;
}
