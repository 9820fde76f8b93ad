import { counted, countOf, countText, measureText, rateText } from '@lrfind/core';
import type { Comparison, Measures, RankedTrial, Search, TrialResult } from '@lrfind/core/results';
import { testMeasures } from '@lrfind/core/study';
import { optimizerNamed } from '@lrfind/finder';
import { bestTrialCode } from '../shared/code-lines.js';
import { letterOf } from '../shared/terminal/chart.js';
import { styled } from '../shared/terminal/style.js';
import { summaryText, textTable } from '../shared/terminal/text.js';
import { lossChart } from './loss-chart.js';

/** So many of the trials that a search drew are shown: the best. */
const SHOWN_OF_SEARCH = 10;

/**
 * The outcome for a terminal: the losses as curves, the ranking with spread and noise, and the conclusions. Of a search the best trials,
 * what they were drawn from, and the line of code that trains as the best one was trained.
 */
export function comparisonSummary(result: Comparison): string {
  const { setup, trials, environment, conclusions, search } = result;
  const shown = search ? { ...result, ranking: result.ranking.slice(0, SHOWN_OF_SEARCH) } : result;
  const head = [
    counted(trials.length, 'trial'),
    counted(trials[0]?.trainings.length ?? 0, 'seed'),
    `${countText(setup.rows)} rows, ${countText(setup.validationRows)} for validation${setup.tested === undefined ? '' : `, ${countText(setup.tested)} to test on`}`,
    setup.loss,
    environment.backend,
    `${environment.seconds.toFixed(1)} s of training`,
  ].join(' · ');
  const notes = [...setup.notes, ...new Set(trials.flatMap((trial) => trial.notes))].map((note) => `note: ${note}`);
  const left = result.ranking.length - shown.ranking.length;
  return summaryText([
    search ? `${head}\n${spaceText(search)}` : head,
    lossChart(shown),
    rankingTable(shown) + (left > 0 ? `\nand ${counted(left, 'other')}, in the JSON and CSV` : ''),
    conclusions.join('\n'),
    search ? bestTrialCode(result) : '',
    styled('aside', notes.join('\n')),
  ]);
}

/** What the trials of a search were drawn from. */
function spaceText({ sampler, space: { learningRate, schedule, optimizer, batchSize, weightDecay } }: Search): string {
  const numbers = (of: typeof learningRate) => ('low' in of ? `${of.low} to ${of.high}` : of.join(', '));
  return [
    `${sampler === 'random' ? 'drawn at random' : 'drawn near the best (tpe)'}: learning rate ${numbers(learningRate)}`,
    schedule.join(', '),
    optimizer.map(({ name }) => name).join(', '),
    `batch ${batchSize.join(', ')}`,
    ...(weightDecay ? [`weight decay ${numbers(weightDecay)}`] : []),
  ].join(' · ');
}

function rankingTable({ ranking, trials, setup }: Comparison): string {
  const [metric] = setup.metrics;
  const named = new Map(trials.map((trial) => [trial.name, trial]));
  const trialOf = ({ name }: RankedTrial) => named.get(name) as TrialResult;
  const tested = setup.tested === undefined ? [] : ['test loss', ...(metric ? [`test ${metric}`] : [])];
  const header = [
    '',
    'trial',
    'learning rate',
    'validation loss',
    ...(metric ? [metric] : []),
    ...tested,
    'behind the best',
  ];
  const rows = ranking.map((ranked, place) => [
    letterOf(place),
    ranked.name,
    rateOf(trialOf(ranked)),
    lossOf(ranked),
    ...(metric ? [metricText(ranked.metrics[metric])] : []),
    ...(tested.length > 0 ? testCells(testMeasures(trialOf(ranked)), metric) : []),
    behindText(ranked, place),
  ]);
  // The name may go on with a callback.
  const rateIsName = rows.every(([, name = '', rate]) =>
    [rate, `lr ${rate}`].some((text) => name === text || name.startsWith(`${text}, `)),
  );
  const shown = (row: readonly string[]) => (rateIsName ? row.toSpliced(2, 1) : row);
  return textTable(rows.map(shown), shown(header)).join('\n');
}

/** Loss and metric on the test rows; empty for a trial of which a training did not come to its end. */
function testCells(measures: Measures | null, metric: string | undefined): string[] {
  const cell = (value: number | null | undefined) => (measures ? measureText(value ?? null) : '');
  return [cell(measures?.loss), ...(metric === undefined ? [] : [cell(measures?.metrics[metric])])];
}

/** The rate as it was given or found; a rate that multiplies what the optimizer finds itself is marked. */
function rateOf({ recipe: { learningRate, suggestion, optimizer } }: TrialResult): string {
  if (optimizerNamed(optimizer.name)?.rateFree) return `${learningRate} × its own`;
  return suggestion ? `${learningRate} (suggested, ${suggestion.verdict})` : learningRate;
}

function lossOf({ loss, spread }: RankedTrial): string {
  if (loss === null) return '';
  return spread === null ? measureText(loss) : `${measureText(loss)} ± ${Number(spread.toPrecision(2))}`;
}

function metricText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : measureText(value);
}

function behindText({ outcome, step, behind }: RankedTrial, place: number): string {
  if (outcome === 'diverged') return styled('bad', `diverged after ${countOf(step, 'step')}`);
  if (outcome === 'failed') return styled('bad', 'could not be trained');
  if (outcome === 'pruned') return `stopped early after ${countOf(step, 'step')}`;
  if (!behind) return place === 0 ? styled('good', 'the best') : '';
  const { difference, low, high, verdict, capped } = behind;
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${rateText(Math.abs(value), 2)}`;
  const interval = low === null || high === null ? '' : ` (${signed(low)} to ${signed(high)})`;
  const noise = { worse: 'more than the noise', same: 'within the noise', unknown: 'too few seeds to tell' }[verdict];
  // How far above the start a failed training ends is chance.
  return `${signed(difference)}${interval}, ${noise}${capped ? ', capped at the loss before training' : ''}`;
}
