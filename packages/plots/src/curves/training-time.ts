import type { Recipe, Training } from '@lrfind/core/results';

/** The unit in which the time of a training is counted. */
export type TimeUnit = 'epoch' | 'step';

/** Steps for a training whose length was given in steps, epochs otherwise. */
export function timeUnit(options: Readonly<Record<string, unknown>>): TimeUnit {
  return typeof options.steps === 'number' ? 'step' : 'epoch';
}

/** The time of an evaluation, in the unit. */
export function timeOf({ step, epoch }: { step: number; epoch: number }, unit: TimeUnit): number {
  return unit === 'step' ? step : epoch;
}

/**
 * The length of a training step in the unit: 1, or a share of an epoch. Any evaluation tells that share; without one it
 * follows from the rows.
 *
 * @param rows number of training rows
 */
export function stepLength(
  trainings: readonly Training[],
  { batchSize }: Pick<Recipe, 'batchSize'>,
  rows: number,
  unit: TimeUnit,
): number {
  if (unit === 'step') return 1;
  const evaluation = trainings.flatMap(({ evaluations }) => evaluations).find(({ epoch }) => epoch > 0);
  return evaluation ? evaluation.epoch / evaluation.step : 1 / Math.max(1, Math.ceil(rows / batchSize));
}

/** The number of steps that a training took: up to its last evaluation, or up to the step at which it diverged. */
export function stepsTaken({ evaluations, divergedAt }: Training): number {
  return divergedAt ?? evaluations.at(-1)?.step ?? 0;
}
