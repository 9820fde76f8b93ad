import { counted, countText, measureText, rateText, wordList } from '@lrfind/core';
import type { CriticalRate, SweepResult } from '@lrfind/core/results';
import { schedulesText, verificationText } from '@lrfind/core/study';
import { groupRates, groupsToTry, suggestionMethods } from '@lrfind/core/sweep';
import { codeLines } from '../shared/code-lines.js';
import { sweepChart } from '../shared/terminal/chart.js';
import { meaningOf, styled } from '../shared/terminal/style.js';
import { summaryText, textTable } from '../shared/terminal/text.js';

/** What a verdict means for somebody who wants to train. */
const verdicts = {
  sure: 'sure: the sweeps agree',
  fair: 'fair: the sweeps agree',
  unsure: 'unsure: use it as a starting point',
} as const;

/** The same for an answer that was tried. */
const verified = {
  sure: 'sure: tried, and rates 3 times lower and higher do worse',
  fair: 'fair: tried, and a rate 3 times lower or higher does as well',
  unsure: 'unsure: tried, but the best rate may lie further off',
} as const;

/** The answer for a terminal: a small chart, the rate, how sure it is, remarks, and the line of code that uses it. */
export function sweepSummary(result: SweepResult): string {
  const { setup, environment, sweeps, diagnosis, verification } = result;
  const head = [
    setup.parameters === null ? setup.model : `${setup.model} (${countText(setup.parameters)} parameters)`,
    setup.rows !== null && `${countText(setup.rows)} rows`,
    setup.loss,
    setup.optimizer.name,
    counted(sweeps.length, 'sweep'),
    environment.backend,
    // Of losses that another program has recorded, the time is not known.
    environment.backend !== 'recorded' && `${environment.seconds.toFixed(1)} s`,
  ]
    .filter(Boolean)
    .join(' · ');
  const notes = setup.notes.map((note) => `note: ${note}`);
  return summaryText([
    head,
    sweepChart(result),
    answer(result),
    groupsTable(result),
    schedulesTable(result),
    [schedulesText(result), ...(verification ? [verificationText(verification)] : []), ...diagnosis]
      .filter(Boolean)
      .join('\n'),
    styled('aside', notes.join('\n')),
    codeLines(result),
  ]);
}

/** The peak and the loss of each schedule that was tried, best first. Empty unless there are several. */
function schedulesTable({ verification, otherSchedules = [] }: SweepResult): string {
  if (!verification || otherSchedules.length === 0) return '';
  const rows = [{ ...verification, behind: null }, ...otherSchedules].map(
    ({ schedule = '', learningRate, low, high, loss = null, behind }) => [
      schedule,
      `${rateText(learningRate)} (between ${rateText(low)} and ${rateText(high)})`,
      measureText(loss),
      behind === null ? '' : `${measureText(behind.difference)} behind, ${behindVerdicts[behind.verdict]}`,
    ],
  );
  const header = ['schedule', 'peak', `validation loss, ${counted(verification.length, 'step')}`, ''];
  return textTable(rows, header).join('\n');
}

const behindVerdicts = {
  worse: 'more than the noise',
  same: 'within the noise',
  unknown: 'too few seeds to tell',
} as const;

/** What the sweeps of each group suggest, and the flags to try where that is another multiplier. Empty without groups. */
function groupsTable(result: SweepResult): string {
  const rates = groupRates(result);
  if (rates.length === 0) return '';
  const rows = rates.map(({ group, ratio }) => [
    group.name,
    wordList(group.layers, 4),
    countText(group.parameters),
    String(group.multiplier),
    ratio === null ? '' : rateText(ratio, 2),
    rateOf(group),
  ]);
  const header = ['group', 'layers', 'parameters', 'multiplier', 'ratio to the base', 'suggested rate'];
  const flags = groupsToTry(result);
  return [
    ...textTable(rows, header),
    ...(flags === null ? [] : [`the curves ask for other multipliers; try ${flags}`]),
  ].join('\n');
}

function rateOf({ suggestion, reason }: Pick<SweepResult, 'suggestion' | 'reason'>): string {
  if (!suggestion) return `none: ${reason}`;
  const { learningRate, low, high, verdict } = suggestion;
  return `${rateText(learningRate)} (between ${rateText(low)} and ${rateText(high)}; ${verdict})`;
}

function answer(result: SweepResult): string {
  const { suggestion, reason, range, steepest, minimum, divergence, criticalRate, suggestions, verification } = result;
  const rows: [string, string][] = [];
  if (suggestion) {
    const { learningRate, low, high, verdict, method, schedule } = suggestion;
    const isPeak = schedule?.includes('(') === true;
    if (schedule !== undefined) rows.push(['schedule', isPeak ? schedule : 'constant']);
    rows.push([
      isPeak ? 'peak rate' : 'learning rate',
      `${styled('answer', rateText(learningRate))}   (between ${rateText(low)} and ${rateText(high)}; ${styled(meaningOf[verdict], verification ? verified[verdict] : verdicts[verdict])}${verification ? '' : `; method ${method}`})`,
    ]);
  } else {
    rows.push(['learning rate', styled('bad', `none: ${reason}`)]);
  }
  if (range)
    rows.push([
      'usable range',
      // A peak that was tried says more of a schedule than the range does.
      `${rateText(range.low)} to ${rateText(range.high)}${suggestion?.schedule === undefined ? '   (for cyclical and one-cycle schedules)' : ''}`,
    ]);
  const locations = [
    steepest && `steepest ${rateText(steepest.rate)}`,
    minimum && `minimum ${rateText(minimum.rate)}`,
    divergence && `diverges ${rateText(divergence.rate)}`,
  ].filter(Boolean);
  if (locations.length > 0) rows.push(['on the curve', locations.join(' · ')]);
  if (criticalRate) rows.push(['critical rate', criticalText(criticalRate)]);
  const others = Object.entries(suggestions).filter(([name]) => name !== suggestion?.method);
  if (others.length > 0) {
    rows.push([
      'other methods',
      others.map(([name, rate]) => `${titleOf(name)} ${rate === null ? 'none' : rateText(rate)}`).join(' · '),
    ]);
  }
  return textTable(rows).join('\n');
}

/** The title of a method; its name for one of an earlier version. */
function titleOf(name: string): string {
  return suggestionMethods.find((method) => method.name === name)?.title ?? name;
}

function criticalText({ rate, low, high, reason }: CriticalRate): string {
  if (rate === null || low === null || high === null) return `none: ${reason}`;
  return `${rateText(rate)}   (${rateText(low)} to ${rateText(high)} over seeds; above it the first update raises the loss)`;
}
