import { lowestEvaluation } from '@lrfind/core/study';
import { type Evaluation, type TrainingResult } from '@lrfind/core/results';
import { countText, epochText, measuresText, measureText, numberOf, rateText } from '../texts.js';
import type { Answer } from './kind.js';

/** The outcome of a training in sentences: on rows that it has not seen, where there are any. */
export function trainingAnswer(run: TrainingResult): Answer {
  const { training, test, setup } = run;
  const last = training.points.at(-1);
  const how = course(run);
  if (training.outcome === 'diverged') {
    return {
      lead: `The training diverged: the loss of step ${countText(training.divergedAt ?? 0)} was not a finite number.`,
      rest: [how, 'The learning rate is probably too high for this model: a lower one, or a warm-up, may help.'],
    };
  }
  const seen: string[] = [];
  if (test) seen.push(`On ${numberOf(test.rows, 'test row')} the trained model has ${measuresText(test)}.`);
  if (last?.validation)
    seen.push(`On the ${countText(setup.heldOut)} held-out rows it ended with ${measuresText(last.validation)}.`);
  if (last && seen.length === 0) seen.push(`On the training rows it ended with ${measuresText(last.training)}.`);
  const [lead = 'The training took no step.', ...others] = seen;
  return { lead, rest: [...others, ...best(training.points), how] };
}

/** Where the loss on held-out rows was lowest, if that was not at the end. */
function best(points: readonly Evaluation[]): string[] {
  const lowest = lowestEvaluation(points);
  if (!lowest || lowest === points.at(-1)) return [];
  return [
    `The lowest loss on the held-out rows was ${measureText(lowest.validation?.loss)} after epoch ${epochText(lowest.epoch)}; it got worse afterwards.`,
  ];
}

function course({ training, recipe }: TrainingResult): string {
  const last = training.points.at(-1);
  const steps = training.divergedAt ?? last?.step ?? 0;
  const ended = training.outcome === 'stopped' ? ' until a callback ended it' : '';
  const { found } = recipe;
  const origin = found
    ? `, which a sweep had found (between ${rateText(found.low)} and ${rateText(found.high)}, ${found.verdict})`
    : '';
  return `It was trained for ${numberOf(steps, 'step')}${last ? ` (${epochsOf(last.epoch)})` : ''}${ended}, with ${recipe.optimizer.name} at learning rate ${recipe.learningRate}${origin}.`;
}

function epochsOf(epoch: number): string {
  return `${epochText(epoch)} epoch${epoch === 1 ? '' : 's'}`;
}
