import { counted, countOf, countText, mean, numberText } from '@lrfind/core';
import type { Comparison, RankedTrial, Training, TrialResult } from '@lrfind/core/results';
import { testMeasures } from '@lrfind/core/study';
import { epochText, recipeRateText } from '../../captions/phrases.js';
import { fourDigits, optimizerText, signedText } from '../number-text.js';
import { type Column, DataTable, everyNth } from '../parts/data-table.js';
import { SetupTable } from '../parts/settings.js';
import { Heading, Sentences } from '../parts/text.js';
import type { Answer, Part, ResultSection } from './section.js';

/** The section of a comparison. */
export const comparison: ResultSection<Comparison> = {
  title: ({ trials }) => {
    const models = [...new Set(trials.map(({ model }) => model))];
    return `Comparison of ${counted(trials.length, 'trial')}${models.length === 1 ? ` of ${models[0]}` : ''}`;
  },
  answer,
  subtitle: ({ setup, trials }) =>
    [
      counted(trials.length, 'trial'),
      `${counted(trials[0]?.trainings.length ?? 0, 'seed')} each`,
      `${countText(setup.rows)} rows, ${countText(setup.validationRows)} for validation${setup.tested === undefined ? '' : `, ${countText(setup.tested)} to test on`}`,
      setup.loss,
    ].join(' · '),
  Ranking,
  Details,
};

/** The conclusions of the comparison. */
function answer({ conclusions, ranking, trials }: Comparison): Answer {
  const [lead, ...rest] = conclusions;
  const [best] = ranking;
  if (lead !== undefined) return { lead, rest };
  const count = counted(trials.length, 'trial');
  return { lead: best ? `${best.name} is the first of ${count}.` : `${count} were compared.`, rest: [] };
}

function Ranking({ result: { ranking, setup, trials } }: Parameters<Part<Comparison>>[0]) {
  if (ranking.length === 0) return null;
  const number = (title: string) => ({ title, numeric: true });
  const several = ranking.some(({ spread }) => spread !== null);
  const named = new Map(trials.map((trial) => [trial.name, trial]));
  return (
    <DataTable
      caption={`The trials, best first, by the loss on the validation rows at the end${several ? ': mean over seeds ± standard deviation. The interval is the 95 % confidence interval of the difference from the best trial' : ''}.`}
      columns={[
        { title: 'trial' },
        number('loss'),
        ...setup.metrics.map(number),
        ...(setup.tested === undefined ? [] : ['loss', ...setup.metrics].map((name) => number(`test ${name}`))),
        number('behind the best'),
        number('interval'),
        { title: 'verdict' },
      ]}
      rows={ranking.map((ranked, i) => [
        `${i + 1}. ${ranked.name}`,
        lossText(ranked),
        ...setup.metrics.map((name) => {
          const value = ranked.metrics[name];
          return value === null || value === undefined ? '' : fourDigits(value);
        }),
        ...(setup.tested === undefined ? [] : testCells(named.get(ranked.name), setup.metrics)),
        ...behindCells(ranked, i),
      ])}
    />
  );
}

/** Loss and metrics of a trial on the test rows, the mean over seeds; empty where a training did not come to its end. */
function testCells(trial: TrialResult | undefined, metrics: readonly string[]): string[] {
  const measures = trial ? testMeasures(trial) : null;
  const cell = (value: number | null | undefined) => (value === null || value === undefined ? '' : fourDigits(value));
  return [cell(measures?.loss), ...metrics.map((name) => cell(measures?.metrics[name]))];
}

/** The last loss of a trial with its spread over seeds. */
function lossText({ loss, spread }: RankedTrial): string {
  if (loss === null) return 'none';
  return spread === null ? fourDigits(loss) : `${fourDigits(loss)} ± ${Number(spread.toPrecision(2))}`;
}

const verdicts = {
  worse: 'worse by more than the noise',
  same: 'within the noise',
  unknown: 'too few seeds to tell',
} as const;

/** How far a trial is behind the best one, in three cells: difference, interval, verdict. */
function behindCells({ outcome, step, behind }: RankedTrial, index: number): [string, string, string] {
  if (outcome === 'diverged') return ['', '', `diverged after ${countOf(step, 'step')}`];
  if (outcome === 'failed') return ['', '', 'could not be trained'];
  if (outcome === 'pruned') return ['', '', `pruned after ${countOf(step, 'step')}, as others were better`];
  if (!behind) return ['', '', index === 0 ? 'the best' : ''];
  const { difference, low, high, verdict } = behind;
  const interval = low === null || high === null ? 'unknown' : `${signedText(low)} to ${signedText(high)}`;
  return [signedText(difference), interval, verdicts[verdict]];
}

function Details({ result, level }: Parameters<Part<Comparison>>[0]) {
  const notes = [...new Set([...result.setup.notes, ...result.trials.flatMap((trial) => trial.notes)])];
  return (
    <>
      <Sentences title="Assumptions" sentences={notes} level={level} />
      <SetupTable {...inCommon(result)} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Recipes {...result} />
      <Histories {...result} />
    </>
  );
}

/** What may differ between trials; it gets a column only where it does. */
const differences: readonly { column: Column; cell: (trial: TrialResult) => string }[] = [
  { column: { title: 'model' }, cell: ({ model, parameters }) => `${model} (${countOf(parameters, 'parameter')})` },
  { column: { title: 'learning rate' }, cell: ({ recipe }) => rateOf(recipe) },
  {
    column: { title: 'callbacks' },
    cell: ({ recipe }) => (recipe.callbacks ?? []).map(optimizerText).join('; ') || 'none',
  },
  { column: { title: 'optimizer' }, cell: ({ recipe }) => optimizerText(recipe.optimizer) },
  { column: { title: 'rows in a batch', numeric: true }, cell: ({ recipe }) => countText(recipe.batchSize) },
];

/** How each trial was trained. */
function Recipes({ trials, ranking }: Comparison) {
  const best = new Map(ranking.map((ranked) => [ranked.name, ranked.best]));
  const differing = differences.filter(({ cell }) => new Set(trials.map(cell)).size > 1);
  return (
    <DataTable
      caption="How the trials differ, and when each was at its best."
      columns={[
        { title: 'trial' },
        ...differing.map(({ column }) => column),
        { title: 'lowest loss', numeric: true },
        { title: 'at epoch', numeric: true },
      ]}
      rows={trials.map((trial) => {
        const lowest = best.get(trial.name);
        return [
          trial.name,
          ...differing.map(({ cell }) => cell(trial)),
          lowest ? fourDigits(lowest.loss) : '',
          lowest ? epochText(lowest.epoch) : '',
        ];
      })}
    />
  );
}

function rateOf({ learningRate, suggestion }: TrialResult['recipe']): string {
  const rate = recipeRateText(learningRate);
  if (!suggestion) return rate;
  const { low, high, verdict } = suggestion;
  return `${rate}, suggested between ${numberText(low, 3)} and ${numberText(high, 3)} (${verdict})`;
}

/** What all trials have in common. */
function inCommon({ setup, trials }: Comparison) {
  const same = <Value,>(of: (trial: TrialResult) => Value): Value | undefined => {
    const [first, ...others] = trials.map(of);
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
  };
  return {
    setup: { ...setup, model: same(({ model }) => model), parameters: same(({ parameters }) => parameters) },
    optimizer: same(({ recipe }) => recipe.optimizer),
    batchSize: same(({ recipe }) => recipe.batchSize),
    learningRate: same(({ recipe }) => recipe.learningRate),
    callbacks: same(({ recipe }) => recipe.callbacks),
  };
}

/** The loss on validation rows over the epochs of the trainings. */
function Histories({ trials }: Comparison) {
  const losses = trials.map(({ trainings }) => meanLosses(trainings));
  const epochs = [...new Set(losses.flatMap((trial) => [...trial.keys()]))].toSorted((a, b) => a - b);
  if (epochs.length === 0) return null;
  const { rows, note } = everyNth(epochs, 100);
  return (
    <details>
      <summary>The history of every trial as a table</summary>
      <DataTable
        caption={`Loss on the validation rows after each epoch, mean over seeds${note}.`}
        columns={['epoch', ...trials.map(({ name }) => name)].map((title) => ({ title, numeric: true }))}
        rows={rows.map((epoch) => [
          epochText(epoch),
          ...losses.map((trial) => (trial.has(epoch) ? fourDigits(trial.get(epoch)) : '')),
        ])}
      />
    </details>
  );
}

/** The mean loss on validation rows by epoch, over the seeds that had a finite one. */
function meanLosses(trainings: readonly Training[]): Map<number, number> {
  const found = new Map<number, number[]>();
  for (const { start, evaluations } of trainings) {
    for (const { epoch, validation } of [{ epoch: 0, validation: start }, ...evaluations]) {
      const loss = validation?.loss;
      if (Number.isFinite(loss)) found.set(epoch, [...(found.get(epoch) ?? []), loss as number]);
    }
  }
  return new Map([...found].map(([epoch, some]) => [epoch, mean(some)]));
}
