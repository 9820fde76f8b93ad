import { countText } from '@lrfind/core';
import type { Measures, TrainingResult } from '@lrfind/core/results';
import { lowestEvaluation } from '@lrfind/core/study';
import { leadingScore } from '../curves/training-curve.js';
import { timeOf, timeUnit } from '../curves/training-time.js';
import { metricText } from './metric-name.js';
import { durationText, evaluationText, finiteText, rateLabel, recipeRateText } from './phrases.js';

/** The last accuracy and loss on the validation rows, and where the loss was lowest; or that the training diverged. */
export function trainingTitle({ training, restored, options }: TrainingResult): string {
  const { outcome, evaluations, divergedAt } = training;
  const unit = timeUnit(options);
  const last = evaluations.at(-1);
  if (outcome === 'diverged') {
    const at = divergedAt === null ? '' : ` at step ${countText(divergedAt)}`;
    return `Diverged${at}: the loss was no longer finite`;
  }
  if (last === undefined) return 'The training ended before anything was measured';
  const ending = { finished: '', stopped: ', stopped', pruned: ', pruned', failed: ', failed' }[outcome];
  if (restored?.validation) {
    const at = evaluations.find(({ step }) => step === restored.step);
    const of = at ? `the weights of ${evaluationText(at, unit)}` : 'earlier weights';
    const length = durationText(timeOf(last, unit), unit);
    return `Validation ${measuresText(restored.validation)} with ${of}, restored${ending} after ${length}`;
  }
  const best = lowestEvaluation(evaluations);
  const earlier =
    best && best !== last ? `; lowest loss ${finiteText(best.validation?.loss)} at ${evaluationText(best, unit)}` : '';
  const split = last.validation ? 'Validation' : 'Training';
  const reached = measuresText(last.validation ?? last.training);
  return `${split} ${reached}${ending} after ${durationText(timeOf(last, unit), unit)}${earlier}`;
}

/** The test result, and how the model was trained. */
export function trainingSubtitle({ recipe, training, setup, test }: TrainingResult): string {
  const parts = [
    test && `test ${measuresText(test)}`,
    setup.model,
    recipe.optimizer.name,
    rateText(recipe),
    `batches of ${recipe.batchSize}`,
    `seed ${training.seed}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The rate, and that it is constant, which no panel shows; a schedule as it was written. */
function rateText({ learningRate, rates: [first, ...others] }: TrainingResult['recipe']): string {
  const isConstant = first && others.every(({ rate }) => rate === first.rate);
  if (!isConstant) return `rate ${recipeRateText(learningRate)}`;
  return `constant rate ${Number(learningRate) > 0 ? recipeRateText(learningRate) : rateLabel(first.rate)}`;
}

/** The chart in sentences, for screen readers. */
export function trainingDescription(result: TrainingResult): string {
  const unit = timeUnit(result.options);
  return `Training history, ${unit} by ${unit}, of ${trainingSubtitle(result)}. ${trainingTitle(result)}.`;
}

/** `accuracy 0.9712, loss 0.102`; of the metrics only the accuracy or another score. */
function measuresText({ loss, metrics }: Measures): string {
  const name = leadingScore(Object.keys(metrics));
  const score = name === undefined ? '' : `${metricText(name)} ${finiteText(metrics[name], 4)}, `;
  return `${score}loss ${finiteText(loss)}`;
}
