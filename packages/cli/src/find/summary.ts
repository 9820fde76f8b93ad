import { counted, countText, rateText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { codeLines } from '../shared/code-lines.js';
import { sweepChart } from '../shared/terminal/chart.js';
import { summaryText, textTable } from '../shared/terminal/text.js';

/** What a verdict means for somebody who wants to train. */
const verdicts = {
  sure: 'sure: the sweeps agree',
  fair: 'fairly sure',
  unsure: 'unsure: use it as a starting point',
} as const;

/** The answer for a terminal: a small chart, the rate, how sure it is, remarks, and the line of code that uses it. */
export function sweepSummary(result: SweepResult): string {
  const { setup, environment, sweeps, diagnosis } = result;
  const head = [
    `${setup.model} (${countText(setup.parameters)} parameters)`,
    `${countText(setup.rows)} rows`,
    setup.loss,
    setup.optimizer.name,
    counted(sweeps.length, 'sweep'),
    environment.backend,
    `${environment.seconds.toFixed(1)} s`,
  ].join(' · ');
  const notes = setup.notes.map((note) => `note: ${note}`);
  return summaryText([
    head,
    sweepChart(result),
    answer(result),
    diagnosis.join('\n'),
    notes.join('\n'),
    codeLines(result),
  ]);
}

function answer({ suggestion, reason, range, steepest, minimum, divergence, suggestions }: SweepResult): string {
  const rows: [string, string][] = [];
  if (suggestion) {
    const { learningRate, low, high, verdict, method } = suggestion;
    rows.push([
      'learning rate',
      `${rateText(learningRate)}   (between ${rateText(low)} and ${rateText(high)}; ${verdicts[verdict]}; method ${method})`,
    ]);
  } else {
    rows.push(['learning rate', `none: ${reason}`]);
  }
  if (range)
    rows.push([
      'usable range',
      `${rateText(range.low)} to ${rateText(range.high)}   (for cyclical and one-cycle schedules)`,
    ]);
  const locations = [
    steepest && `steepest ${rateText(steepest.rate)}`,
    minimum && `minimum ${rateText(minimum.rate)}`,
    divergence && `diverges ${rateText(divergence.rate)}`,
  ].filter(Boolean);
  if (locations.length > 0) rows.push(['on the curve', locations.join(' · ')]);
  const others = Object.entries(suggestions).filter(([name]) => name !== suggestion?.method);
  if (others.length > 0) {
    rows.push([
      'other methods',
      others.map(([name, rate]) => `${name} ${rate === null ? 'none' : rateText(rate)}`).join(' · '),
    ]);
  }
  return textTable(rows).join('\n');
}
