import { type TrialResult, type Comparison, type Training } from '@lrfind/core/results';
import { mean } from '@lrfind/core';
import { type Column, DataTable } from '../parts/data-table.js';
import { everyNth } from '../parts/every-nth.js';
import { Heading } from '../parts/heading.js';
import { Sentences } from '../parts/sentences.js';
import { SetupTable } from '../parts/setup-table.js';
import { countText, epochText, measureText, numberOf, optimizerText, rateText } from '../texts.js';
import { behindTexts, comparisonAnswer, lossText } from './comparison-answer.js';
import type { Part, ResultKind } from './kind.js';

/** How a comparison is told. */
export const comparison: ResultKind<Comparison> = {
  title: ({ runs }) => {
    const models = [...new Set(runs.map(({ model }) => model))];
    return `Comparison of ${numberOf(runs.length, 'run')}${models.length === 1 ? ` of ${models[0]}` : ''}`;
  },
  answer: comparisonAnswer,
  subject: ({ setup, runs }) =>
    [
      numberOf(runs.length, 'run'),
      `${numberOf(runs[0]?.trainings.length ?? 0, 'seed')} each`,
      `${countText(setup.rows)} rows, ${countText(setup.heldOut)} held out`,
      setup.loss,
    ].join(' · '),
  Ranking,
  Details,
};

function Ranking({ result: { ranking, setup } }: Parameters<Part<Comparison>>[0]) {
  if (ranking.length === 0) return null;
  const number = (title: string) => ({ title, numeric: true });
  const several = ranking.some(({ spread }) => spread !== null);
  return (
    <DataTable
      caption={`The runs, best first, by the loss on the held-out rows at the end${several ? ': mean over seeds ± standard deviation. The interval is the 95 % confidence interval of the difference from the best run' : ''}.`}
      columns={[
        { title: 'run' },
        number('loss'),
        ...setup.metrics.map(number),
        number('behind the best'),
        number('interval'),
        { title: 'verdict' },
      ]}
      rows={ranking.map((standing, place) => [
        `${place + 1}. ${standing.name}`,
        lossText(standing),
        ...setup.metrics.map((name) => {
          const value = standing.metrics[name];
          return value === null || value === undefined ? '' : measureText(value);
        }),
        ...behindTexts(standing, place),
      ])}
    />
  );
}

function Details({ result, level }: Parameters<Part<Comparison>>[0]) {
  const notes = [...new Set([...result.setup.notes, ...result.runs.flatMap((run) => run.notes)])];
  return (
    <>
      <Sentences title="What was assumed" sentences={notes} level={level} />
      <SetupTable {...common(result)} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Recipes {...result} />
      <Courses {...result} />
    </>
  );
}

/** What may differ between runs, as a column of its own only where it does. */
const differences: readonly { column: Column; cell: (run: TrialResult) => string }[] = [
  { column: { title: 'model' }, cell: ({ model, parameters }) => `${model} (${numberOf(parameters, 'parameter')})` },
  { column: { title: 'learning rate' }, cell: ({ recipe }) => rateOf(recipe) },
  { column: { title: 'optimizer' }, cell: ({ recipe }) => optimizerText(recipe.optimizer) },
  { column: { title: 'rows in a batch', numeric: true }, cell: ({ recipe }) => countText(recipe.batchSize) },
];

/** How each run was trained. */
function Recipes({ runs, ranking }: Comparison) {
  const best = new Map(ranking.map((standing) => [standing.name, standing.best]));
  const differing = differences.filter(({ cell }) => new Set(runs.map(cell)).size > 1);
  return (
    <DataTable
      caption="In what the runs differ, and when each was at its best."
      columns={[
        { title: 'run' },
        ...differing.map(({ column }) => column),
        { title: 'lowest loss', numeric: true },
        { title: 'at epoch', numeric: true },
      ]}
      rows={runs.map((run) => {
        const lowest = best.get(run.name);
        return [
          run.name,
          ...differing.map(({ cell }) => cell(run)),
          lowest ? measureText(lowest.loss) : '',
          lowest ? epochText(lowest.epoch) : '',
        ];
      })}
    />
  );
}

function rateOf({ learningRate, found }: TrialResult['recipe']): string {
  if (!found) return learningRate;
  return `${learningRate}, found between ${rateText(found.low)} and ${rateText(found.high)} (${found.verdict})`;
}

/** What all runs have in common. */
function common({ setup, runs }: Comparison) {
  const same = <Value,>(of: (run: TrialResult) => Value): Value | undefined => {
    const [first, ...others] = runs.map(of);
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
  };
  return {
    setup: { ...setup, model: same(({ model }) => model), parameters: same(({ parameters }) => parameters) },
    optimizer: same(({ recipe }) => recipe.optimizer),
    batchSize: same(({ recipe }) => recipe.batchSize),
    learningRate: same(({ recipe }) => recipe.learningRate),
  };
}

/** The loss on held-out rows over the course of the trainings. */
function Courses({ runs }: Comparison) {
  const losses = runs.map(({ trainings }) => meanLosses(trainings));
  const times = [...new Set(losses.flatMap((run) => [...run.keys()]))].toSorted((a, b) => a - b);
  if (times.length === 0) return null;
  const { rows, note } = everyNth(times, 100);
  return (
    <details>
      <summary>The course of every run as a table</summary>
      <DataTable
        caption={`Loss on the held-out rows after each epoch, mean over seeds${note}.`}
        columns={['epoch', ...runs.map(({ name }) => name)].map((title) => ({ title, numeric: true }))}
        rows={rows.map((epoch) => [
          epochText(epoch),
          ...losses.map((run) => (run.has(epoch) ? measureText(run.get(epoch)) : '')),
        ])}
      />
    </details>
  );
}

/** The mean loss on held-out rows by epoch, of the seeds that had a finite one. */
function meanLosses(trainings: readonly Training[]): Map<number, number> {
  const found = new Map<number, number[]>();
  for (const { start, points } of trainings) {
    for (const { epoch, validation } of [{ epoch: 0, validation: start }, ...points]) {
      const loss = validation?.loss;
      if (Number.isFinite(loss)) found.set(epoch, [...(found.get(epoch) ?? []), loss as number]);
    }
  }
  return new Map([...found].map(([epoch, some]) => [epoch, mean(some)]));
}
