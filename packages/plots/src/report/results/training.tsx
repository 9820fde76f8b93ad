import { lowestEvaluation } from '@lrfind/core/study';
import { type TrainingResult } from '@lrfind/core/results';
import { DataTable } from '../parts/data-table.js';
import { everyNth } from '../parts/every-nth.js';
import { Heading } from '../parts/heading.js';
import { Sentences } from '../parts/sentences.js';
import { SetupTable } from '../parts/setup-table.js';
import { countText, epochText, measureText, rateText } from '../texts.js';
import type { Part, ResultKind } from './kind.js';
import { trainingAnswer } from './training-answer.js';

/** How a training is told. */
export const training: ResultKind<TrainingResult> = {
  title: ({ setup }) => `Training of ${setup.model}`,
  answer: trainingAnswer,
  subject: ({ setup, recipe }) =>
    [
      `${setup.model} with ${countText(setup.parameters)} parameters`,
      `${countText(setup.rows)} rows${setup.heldOut ? `, ${countText(setup.heldOut)} held out` : ''}`,
      setup.loss,
      recipe.optimizer.name,
    ].join(' · '),
  Details,
};

function Details({ result, level }: Parameters<Part<TrainingResult>>[0]) {
  const { setup, recipe } = result;
  return (
    <>
      <Sentences title="What was assumed" sentences={setup.notes} level={level} />
      <SetupTable setup={setup} {...recipe} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Outcome {...result} />
      <Epochs {...result} />
    </>
  );
}

/** Loss and metrics on each part of the rows. */
function Outcome({ training: { start, points }, test, setup }: TrainingResult) {
  const last = points.at(-1);
  const best = lowestEvaluation(points);
  const measured = [
    ['held-out rows before training', start],
    ['training rows, last epoch', last?.training],
    ['held-out rows at the end', last?.validation],
    [`held-out rows at their best, epoch ${epochText(best?.epoch ?? 0)}`, best?.validation],
    ['test rows', test],
  ] as const;
  const rows = measured.flatMap(([name, measures]) =>
    measures
      ? [[name, measureText(measures.loss), ...setup.metrics.map((metric) => measureText(measures.metrics[metric]))]]
      : [],
  );
  if (rows.length === 0) return null;
  return (
    <DataTable
      caption="Loss and metrics on each part of the rows."
      columns={[{ title: 'where' }, ...['loss', ...setup.metrics].map((title) => ({ title, numeric: true }))]}
      rows={rows}
    />
  );
}

/** What was measured at every look. */
function Epochs({ training: { points }, setup: { metrics } }: TrainingResult) {
  if (points.length === 0) return null;
  const { rows, note } = everyNth(points, 100);
  const heldOut = points.some(({ validation }) => validation);
  const titles = [
    'epoch',
    'step',
    'learning rate',
    ...['loss', ...metrics],
    ...(heldOut ? ['loss', ...metrics].map((name) => `held-out ${name}`) : []),
    'seconds',
  ];
  return (
    <details>
      <summary>Every epoch as a table</summary>
      <DataTable
        caption={`What was measured at the end of each epoch, on the rows trained on${heldOut ? ' and on those held out' : ''}${note}.`}
        columns={titles.map((title) => ({ title, numeric: true }))}
        rows={rows.map(({ epoch, step, rate, training: trained, validation, seconds }) => [
          epochText(epoch),
          countText(step),
          rateText(rate),
          ...[trained, ...(heldOut ? [validation] : [])].flatMap((measures) =>
            measures
              ? [measureText(measures.loss), ...metrics.map((name) => measureText(measures.metrics[name]))]
              : ['', ...metrics.map(() => '')],
          ),
          seconds.toFixed(1),
        ])}
      />
    </details>
  );
}
