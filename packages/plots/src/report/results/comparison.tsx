import { type Comparison, mean, type Training } from '@lrfind/finder/analysis';
import { DataTable } from '../parts/data-table.js';
import { everyNth } from '../parts/every-nth.js';
import { Heading } from '../parts/heading.js';
import { Sentences } from '../parts/sentences.js';
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
      caption={`The runs, best first, by the loss on the held-out rows at the end${several ? ': mean over seeds ± standard deviation. The interval holds the difference from the best run with a probability of 95 %' : ''}.`}
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
      <Heading level={level}>Numbers</Heading>
      <Recipes {...result} />
      <Courses {...result} />
    </>
  );
}

/** How each run was trained. */
function Recipes({ runs, ranking }: Comparison) {
  const best = new Map(ranking.map((standing) => [standing.name, standing.best]));
  return (
    <DataTable
      caption="How each run was trained, and when it was at its best."
      columns={[
        { title: 'run' },
        { title: 'model' },
        { title: 'learning rate' },
        { title: 'optimizer' },
        { title: 'batch', numeric: true },
        { title: 'lowest loss', numeric: true },
        { title: 'at epoch', numeric: true },
      ]}
      rows={runs.map(({ name, model, parameters, recipe: { learningRate, found, optimizer, batchSize } }) => {
        const lowest = best.get(name);
        return [
          name,
          `${model} (${numberOf(parameters, 'parameter')})`,
          found
            ? `${learningRate}, found between ${rateText(found.low)} and ${rateText(found.high)} (${found.verdict})`
            : learningRate,
          optimizerText(optimizer),
          countText(batchSize),
          lowest ? measureText(lowest.loss) : '',
          lowest ? epochText(lowest.epoch) : '',
        ];
      })}
    />
  );
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
