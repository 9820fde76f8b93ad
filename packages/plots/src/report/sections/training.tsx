import { countOf, countText, numberText } from '@lrfind/core';
import type { Evaluation, RestoredWeights, TrainingResult } from '@lrfind/core/results';
import { lowestEvaluation } from '@lrfind/core/study';
import { epochText, recipeRateText } from '../../captions/phrases.js';
import { fourDigits, measuresText } from '../number-text.js';
import { DataTable, everyNth } from '../parts/data-table.js';
import { SetupTable } from '../parts/settings.js';
import { Heading, Sentences } from '../parts/text.js';
import type { Answer, Part, ResultSection } from './section.js';

/** The section of a training. */
export const training: ResultSection<TrainingResult> = {
  title: ({ setup }) => `Training of ${setup.model}`,
  answer,
  subtitle: ({ setup, recipe }) =>
    [
      `${setup.model} with ${countText(setup.parameters)} parameters`,
      `${countText(setup.rows)} rows${setup.validationRows ? `, ${countText(setup.validationRows)} for validation` : ''}`,
      setup.loss,
      recipe.optimizer.name,
    ].join(' · '),
  Details,
};

/** The outcome: on test or validation rows where there are any, else on the training rows. */
function answer(result: TrainingResult): Answer {
  const { training: trained, restored, test, setup } = result;
  const last = trained.evaluations.at(-1);
  if (trained.outcome === 'diverged') {
    return {
      lead: `The training diverged: the loss of step ${countText(trained.divergedAt ?? 0)} was not a finite number.`,
      rest: [
        keptAfterDivergence(result),
        howTrained(result),
        'The learning rate is probably too high for this model: a lower one, or a warm-up, may help.',
      ],
    };
  }
  const outcomes: string[] = [];
  if (test) outcomes.push(`On ${countOf(test.rows, 'test row')} the trained model has ${measuresText(test)}.`);
  const heldOut = `${countText(setup.validationRows)} validation rows`;
  if (restored?.validation)
    outcomes.push(
      `On the ${heldOut} the model has ${measuresText(restored.validation)}: a callback restored ${restoredText(restored)}.`,
    );
  if (restored && last?.validation)
    outcomes.push(
      `At its last epoch, ${epochText(last.epoch)}, it had ${measuresText(last.validation)}; these weights were not kept.`,
    );
  if (!restored && last?.validation)
    outcomes.push(
      `On the ${countText(setup.validationRows)} validation rows it ended with ${measuresText(last.validation)}.`,
    );
  if (last && outcomes.length === 0)
    outcomes.push(
      restored
        ? `On the training rows its last epoch had ${measuresText(last.training)}; then a callback restored ${restoredText(restored)}.`
        : `On the training rows it ended with ${measuresText(last.training)}.`,
    );
  const [lead = 'The training took no step.', ...others] = outcomes;
  const lowest = lowestLoss(trained.evaluations, restored?.step ?? null);
  return { lead, rest: [...others, ...lowest, howTrained(result)] };
}

/** What the model holds after a training that has diverged. */
function keptAfterDivergence({ restored, setup }: TrainingResult): string {
  if (!restored) return 'The model has the weights that it had before.';
  const measured = restored.validation;
  const on = measured
    ? `, which has ${measuresText(measured)} on the ${countText(setup.validationRows)} validation rows`
    : '';
  return `A callback restored ${restoredText(restored)} to the model${on}.`;
}

/** Weights that a callback restored: `the weights of epoch 3`. */
function restoredText({ epoch }: RestoredWeights): string {
  return epoch === null ? 'earlier weights' : `the weights of epoch ${epochText(epoch)}`;
}

/** Where the loss on validation rows was lowest, if that was neither at the end nor at the step whose weights were restored. */
function lowestLoss(evaluations: readonly Evaluation[], restoredStep: number | null): string[] {
  const lowest = lowestEvaluation(evaluations);
  if (!lowest || lowest === evaluations.at(-1) || lowest.step === restoredStep) return [];
  return [
    `The lowest loss on the validation rows was ${fourDigits(lowest.validation?.loss)} after epoch ${epochText(lowest.epoch)}; it got worse afterwards.`,
  ];
}

function howTrained({ training: trained, recipe }: TrainingResult): string {
  const last = trained.evaluations.at(-1);
  const steps = trained.divergedAt ?? last?.step ?? 0;
  const epochs = last ? ` (${epochText(last.epoch)} epoch${last.epoch === 1 ? '' : 's'})` : '';
  const ended = trained.outcome === 'stopped' ? ' until a callback ended it' : '';
  const { suggestion } = recipe;
  const origin = suggestion
    ? `, which a sweep suggested (between ${numberText(suggestion.low, 3)} and ${numberText(suggestion.high, 3)}, ${suggestion.verdict})`
    : '';
  return `It was trained for ${countOf(steps, 'step')}${epochs}${ended}, with ${recipe.optimizer.name} at learning rate ${recipeRateText(recipe.learningRate)}${origin}.`;
}

function Details({ result, level }: Parameters<Part<TrainingResult>>[0]) {
  const { setup, recipe } = result;
  return (
    <>
      <Sentences title="Assumptions" sentences={setup.notes} level={level} />
      <SetupTable setup={setup} {...recipe} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Outcome {...result} />
      <Evaluations {...result} />
    </>
  );
}

/** Loss and metrics on each part of the rows. */
function Outcome({ training: { start, evaluations, outcome }, restored, test, setup }: TrainingResult) {
  const last = evaluations.at(-1);
  const lost = restored ? last?.step !== restored.step : outcome === 'diverged';
  const best = lowestEvaluation(evaluations);
  const measured = [
    ['validation rows before training', start],
    ['training rows, last epoch', last?.training],
    [`validation rows, model with ${restored ? restoredText(restored) : ''}`, restored?.validation],
    [
      lost ? 'validation rows, last epoch (not kept)' : 'validation rows at the end',
      restored && !lost ? null : last?.validation,
    ],
    [`validation rows at their best, epoch ${epochText(best?.epoch ?? 0)}`, best?.validation],
    ['test rows', test],
  ] as const;
  const rows = measured.flatMap(([name, measures]) =>
    measures
      ? [[name, fourDigits(measures.loss), ...setup.metrics.map((metric) => fourDigits(measures.metrics[metric]))]]
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

function Evaluations({ training: { evaluations }, setup: { metrics } }: TrainingResult) {
  if (evaluations.length === 0) return null;
  const { rows, note } = everyNth(evaluations, 100);
  const heldOut = evaluations.some(({ validation }) => validation);
  const titles = [
    'epoch',
    'step',
    'learning rate',
    ...['loss', ...metrics],
    ...(heldOut ? ['loss', ...metrics].map((name) => `validation ${name}`) : []),
    'seconds',
  ];
  return (
    <details>
      <summary>Every epoch as a table</summary>
      <DataTable
        caption={`Loss and metrics at the end of each epoch, on the training rows${heldOut ? ' and on the validation rows' : ''}${note}.`}
        columns={titles.map((title) => ({ title, numeric: true }))}
        rows={rows.map(({ epoch, step, rate, training: trained, validation, seconds }) => [
          epochText(epoch),
          countText(step),
          numberText(rate, 4),
          ...[trained, ...(heldOut ? [validation] : [])].flatMap((measures) =>
            measures
              ? [fourDigits(measures.loss), ...metrics.map((name) => fourDigits(measures.metrics[name]))]
              : ['', ...metrics.map(() => '')],
          ),
          seconds.toFixed(1),
        ])}
      />
    </details>
  );
}
