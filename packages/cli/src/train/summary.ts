import { lowestEvaluation } from '@lrfind/core/study';
import { type TrainingResult } from '@lrfind/core/results';
import { countText, rateText } from '../shared/terminal/numbers.js';
import { textTable } from '../shared/terminal/text-table.js';
import { measuresText, measureText } from '../shared/measures-text.js';

/** The outcome for a person at a terminal: what was trained, how it ended, how well it does on rows it has not seen, and what was noticed. */
export function trainingSummary(run: TrainingResult): string {
  const { setup, recipe, training, environment, test } = run;
  const head = [
    `${setup.model} (${countText(setup.parameters)} parameters)`,
    `${countText(setup.rows)} rows${setup.heldOut ? `, ${countText(setup.heldOut)} held out` : ''}`,
    setup.loss,
    recipe.optimizer.name,
    environment.backend,
    `${environment.seconds.toFixed(1)} s`,
  ].join(' · ');
  const best = lowestEvaluation(training.points);
  const last = training.points.at(-1);
  const rows: [string, string][] = [['learning rate', rateOf(run)]];
  if (training.outcome === 'diverged')
    rows.push([
      'outcome',
      `diverged: the loss of step ${training.divergedAt} is not finite; the model is as it was unless a callback put weights back`,
    ]);
  if (training.outcome === 'stopped')
    rows.push(['outcome', `a callback ended the training after ${Number(last?.epoch.toFixed(2))} epochs`]);
  if (last?.validation) rows.push(['held-out rows', measuresText(last.validation, '')]);
  if (best && best !== last)
    rows.push([
      'lowest held-out',
      `loss ${measureText(best.validation?.loss ?? null)} after epoch ${Number(best.epoch.toFixed(2))}`,
    ]);
  if (test) rows.push(['test', `${measuresText(test, '')}   (${countText(test.rows)} rows)`]);
  const notes = setup.notes.map((note) => `note: ${note}`).join('\n');
  return `\n${[head, textTable(rows).join('\n'), notes].filter(Boolean).join('\n\n')}\n\n`;
}

/** Loss and metrics on rows that were not trained on: the test's, else the held-out ones, else those of the training. */
export function resultLine({ test, training }: TrainingResult): string {
  const last = training.points.at(-1);
  const measured = test ?? last?.validation ?? last?.training ?? { loss: null, metrics: {} };
  return measuresText({ loss: measured.loss, metrics: measured.metrics }, '');
}

function rateOf({ recipe: { learningRate, found } }: TrainingResult): string {
  if (!found) return learningRate;
  return `${learningRate}   (found: between ${rateText(found.low)} and ${rateText(found.high)}, ${found.verdict})`;
}
