import { lowestEvaluation } from '@lrfind/core/study';
import { type Measures, type TrainingResult } from '@lrfind/core/results';
import { stepText } from '../axes/step-axis.js';
import { numberText } from '../text/numbers.js';
import { isAccuracy } from '../curves/training-curve.js';
import { type TimeUnit, timeOf, timeUnit } from '../curves/training-time.js';

/** What came of a training: its last accuracy and loss on the held-out rows, and where the loss was lowest. */
export function historyHeadline(run: TrainingResult): string {
  const { outcome, points, divergedAt } = run.training;
  const unit = timeUnit(run.options);
  const last = points.at(-1);
  if (outcome === 'diverged') {
    const at = divergedAt === null ? '' : ` at step ${stepText(divergedAt)}`;
    return `Diverged${at}: the loss was no longer finite`;
  }
  if (last === undefined) return 'The training ended before anything was measured';
  const verb = { finished: '', stopped: ', stopped', pruned: ', given up' }[outcome];
  const best = lowestEvaluation(points);
  const earlier =
    best && best !== last ? `; lowest loss ${measureText(best.validation?.loss)} at ${placeText(best, unit)}` : '';
  const which = last.validation ? 'Validation' : 'Training';
  const reached = measuresText(last.validation ?? last.training);
  return `${which} ${reached}${verb} after ${lengthText(timeOf(last, unit), unit)}${earlier}`;
}

/** The test result, and how it was trained. */
export function historySubject({ recipe, training, setup, test }: TrainingResult): string {
  const parts = [
    test && `test ${measuresText(test)}`,
    setup.model,
    recipe.optimizer.name,
    `rate ${shortRate(recipe.learningRate)}`,
    `batches of ${recipe.batchSize}`,
    `seed ${training.seed}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** A plain rate in a few digits; a schedule as it was written. */
function shortRate(text: string): string {
  const rate = Number(text);
  return rate > 0 ? numberText(rate, 4) : text;
}

/** The chart in sentences, for those who cannot see it. */
export function historyDescription(run: TrainingResult): string {
  const unit = timeUnit(run.options);
  return `Training history, ${unit} by ${unit}, of ${historySubject(run)}. ${historyHeadline(run)}.`;
}

/** `epoch 14`, `step 1,200`. */
export function placeText(point: { step: number; epoch: number }, unit: TimeUnit): string {
  return `${unit} ${timeText(timeOf(point, unit))}`;
}

/** `20 epochs`, `1 step`. */
export function lengthText(time: number, unit: TimeUnit): string {
  const text = timeText(time);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

/**
 * A measured number as it is read: `0.0891`.
 *
 * @param digits significant digits; an accuracy has four
 */
export function measureText(value: number | null | undefined, digits = 3): string {
  return Number.isFinite(value) ? numberText(value as number, digits) : 'not finite';
}

function timeText(time: number): string {
  return Number(time.toFixed(1)).toLocaleString('en-US');
}

/** `accuracy 0.9712, loss 0.102`; of metrics the accuracy alone. */
function measuresText({ loss, metrics }: Measures): string {
  const name = Object.keys(metrics).find(isAccuracy);
  const accuracy = name === undefined ? '' : `${name} ${measureText(metrics[name], 4)}, `;
  return `${accuracy}loss ${measureText(loss)}`;
}
