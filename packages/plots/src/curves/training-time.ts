import type { Recipe, Training } from '@lrfind/core/results';

/** What the course of a training is counted in. */
export type TimeUnit = 'epoch' | 'step';

/** Steps where a training was told its length in steps, epochs otherwise. */
export function timeUnit(options: Readonly<Record<string, unknown>>): TimeUnit {
  return typeof options.steps === 'number' ? 'step' : 'epoch';
}

/** When something was, in the unit. */
export function timeOf({ step, epoch }: { step: number; epoch: number }, unit: TimeUnit): number {
  return unit === 'step' ? step : epoch;
}

/**
 * How much of the unit a training step takes: 1, or the share of an epoch, which is known from any point of the trainings and
 * otherwise follows from the rows.
 *
 * @param rows number of rows trained on
 */
export function stepLength(
  trainings: readonly Training[],
  { batchSize }: Pick<Recipe, 'batchSize'>,
  rows: number,
  unit: TimeUnit,
): number {
  if (unit === 'step') return 1;
  const point = trainings.flatMap(({ points }) => points).find(({ epoch }) => epoch > 0);
  return point ? point.epoch / point.step : 1 / Math.max(1, Math.ceil(rows / batchSize));
}

/** How many steps a training took: up to its last point, or up to the step at which it diverged. */
export function stepsTaken({ points, divergedAt }: Training): number {
  return divergedAt ?? points.at(-1)?.step ?? 0;
}
