import type { SweepResult } from '@lrfind/core/results';
import { countText, rateText } from '../shared/terminal/numbers.js';
import { terminalChart } from '../shared/terminal/chart.js';
import { codeLines } from '../shared/code-lines.js';

/** What `verdict` means to somebody who only wants to train. */
const sureness = {
  sure: 'sure: the sweeps agree',
  fair: 'fairly sure',
  unsure: 'unsure: take it as a starting point',
} as const;

/** The answer for a person at a terminal: a small chart, the rate, how sure, what was noticed and the line that uses it. */
export function summary(run: SweepResult): string {
  const { setup, environment } = run;
  const head = [
    `${setup.model} (${countText(setup.parameters)} parameters)`,
    `${countText(setup.rows)} rows`,
    setup.loss,
    setup.optimizer.name,
    `${run.seeds.length} sweep${run.seeds.length === 1 ? '' : 's'}`,
    environment.backend,
    `${environment.seconds.toFixed(1)} s`,
  ].join(' · ');
  const blocks = [
    head,
    terminalChart(run),
    answer(run),
    list(run.diagnosis, ''),
    list(setup.notes, 'note: '),
    codeLines(run),
  ];
  return `\n${blocks.filter(Boolean).join('\n\n')}\n\n`;
}

function answer({ suggestion, reason, range, steepest, minimum, divergence, suggestions }: SweepResult): string {
  const rows: [string, string][] = [];
  if (suggestion) {
    const { learningRate, low, high, verdict, method } = suggestion;
    rows.push([
      'learning rate',
      `${rateText(learningRate)}   (between ${rateText(low)} and ${rateText(high)}; ${sureness[verdict]}; method ${method})`,
    ]);
  } else {
    rows.push(['learning rate', `none: ${reason}`]);
  }
  if (range)
    rows.push([
      'usable range',
      `${rateText(range.low)} to ${rateText(range.high)}   (for cyclical and one-cycle schedules)`,
    ]);
  const places = [
    steepest && `steepest ${rateText(steepest.rate)}`,
    minimum && `minimum ${rateText(minimum.rate)}`,
    divergence && `diverges ${rateText(divergence.rate)}`,
  ].filter(Boolean);
  if (places.length > 0) rows.push(['on the curve', places.join(' · ')]);
  const others = Object.entries(suggestions).filter(([name]) => name !== suggestion?.method);
  if (others.length > 0) {
    rows.push([
      'other methods',
      others.map(([name, rate]) => `${name} ${rate === null ? 'none' : rateText(rate)}`).join(' · '),
    ]);
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${label.padEnd(width)}   ${text}`).join('\n');
}

function list(sentences: readonly string[], prefix: string): string {
  return sentences.map((sentence) => `${prefix}${sentence}`).join('\n');
}
