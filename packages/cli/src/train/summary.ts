import { countText, measureText, rateText } from '@lrfind/core';
import type { RestoredWeights, TrainingResult } from '@lrfind/core/results';
import { lowestEvaluation } from '@lrfind/core/study';
import { styled } from '../shared/terminal/style.js';
import { measuresText, summaryText, textTable } from '../shared/terminal/text.js';

/** The outcome for a terminal: what was trained, how it ended, and loss and metrics on rows that were not trained on. */
export function trainingSummary(result: TrainingResult): string {
  const { setup, recipe, training, restored, environment, test } = result;
  const head = [
    `${setup.model} (${countText(setup.parameters)} parameters)`,
    `${countText(setup.rows)} rows${setup.validationRows ? `, ${countText(setup.validationRows)} for validation` : ''}`,
    setup.loss,
    recipe.optimizer.name,
    environment.backend,
    `${environment.seconds.toFixed(1)} s`,
  ].join(' · ');
  const best = lowestEvaluation(training.evaluations);
  const last = training.evaluations.at(-1);
  const rows: [string, string][] = [['learning rate', rateOf(result)]];
  if (training.outcome === 'diverged')
    rows.push([
      'outcome',
      styled(
        'bad',
        `diverged: the loss of step ${training.divergedAt} is not finite${restored ? '' : '; the model is as it was before'}`,
      ),
    ]);
  if (training.outcome === 'stopped')
    rows.push(['outcome', `stopped by a callback after ${Number(last?.epoch.toFixed(2))} epochs`]);
  if (restored) rows.push(['model', `${restoredText(restored)}, which a callback restored`]);
  if (restored?.validation) rows.push(['validation rows', `${measuresText(restored.validation)}   (these weights)`]);
  if (last?.validation && last.step !== restored?.step)
    rows.push(
      restored || training.outcome === 'diverged'
        ? ['last epoch', `${measuresText(last.validation)}   (weights of epoch ${epochText(last.epoch)}, not kept)`]
        : ['validation rows', measuresText(last.validation)],
    );
  if (best && best !== last && best.step !== restored?.step)
    rows.push([
      'lowest validation',
      `loss ${measureText(best.validation?.loss ?? null)} after epoch ${Number(best.epoch.toFixed(2))}`,
    ]);
  if (test) rows.push(['test', `${measuresText(test)}   (${countText(test.rows)} rows)`]);
  const notes = setup.notes.map((note) => `note: ${note}`);
  return summaryText([head, textTable(rows).join('\n'), styled('aside', notes.join('\n'))]);
}

function restoredText({ epoch }: RestoredWeights): string {
  return epoch === null ? 'earlier weights' : `the weights of epoch ${epochText(epoch)}`;
}

function epochText(epoch: number): string {
  return String(Number(epoch.toFixed(2)));
}

/** Loss and metrics of the model on the test rows, else on the validation rows, else on the training rows. */
export function resultLine({ test, restored, training }: TrainingResult): string {
  const none = { loss: null, metrics: {} };
  // No epoch is that of a model that is as it was before.
  if (training.outcome === 'diverged' && !restored) return measuresText(none);
  const last = training.evaluations.at(-1);
  // Without validation rows restored weights have the training loss of their own epoch.
  const held = (restored && training.evaluations.find(({ step }) => step === restored.step)) ?? last;
  return measuresText(test ?? restored?.validation ?? held?.validation ?? held?.training ?? none);
}

function rateOf({ recipe: { learningRate, suggestion } }: TrainingResult): string {
  if (!suggestion) return learningRate;
  const { low, high, verdict } = suggestion;
  const source = learningRate.includes('(') ? 'its peak tried in short trainings along it' : 'suggested by a sweep';
  return `${learningRate}   (${source}: between ${rateText(low)} and ${rateText(high)}, ${verdict})`;
}
