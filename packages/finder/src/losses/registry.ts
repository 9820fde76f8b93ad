import { InputError, nearest } from '@lrfind/core';

/**
 * What a loss compares a prediction with:
 * - `label`: one class number a row;
 * - `label-or-distribution`: that, or what follows;
 * - `distribution`: a probability for each class, adding up to 1, such as one-hot rows;
 * - `probability`: for each unit a number from 0 to 1;
 * - `sign`: for each unit −1 or 1;
 * - `non-negative`: for each unit a number of at least 0;
 * - `number`: for each unit a number.
 */
export type TargetKind =
  | 'label'
  | 'label-or-distribution'
  | 'distribution'
  | 'probability'
  | 'sign'
  | 'non-negative'
  | 'number';

/** Every loss by its name in TensorFlow.js, where it has one, and the target it needs; in the order of the help. */
const targets = {
  meanSquaredError: 'number',
  meanAbsoluteError: 'number',
  meanAbsolutePercentageError: 'number',
  meanSquaredLogarithmicError: 'non-negative',
  squaredHinge: 'sign',
  hinge: 'sign',
  categoricalHinge: 'distribution',
  logcosh: 'number',
  categoricalCrossentropy: 'distribution',
  sparseCategoricalCrossentropy: 'label',
  binaryCrossentropy: 'probability',
  kullbackLeiblerDivergence: 'distribution',
  poisson: 'non-negative',
  cosineProximity: 'number',
  huber: 'number',
  softmaxCrossEntropy: 'label-or-distribution',
  sigmoidCrossEntropy: 'probability',
} as const satisfies Readonly<Record<string, TargetKind>>;

/** The canonical name of a loss. */
export type LossName = keyof typeof targets;

/** The name of every loss. */
export const lossNames = Object.keys(targets) as readonly LossName[];

/** Other spellings: short forms and Keras's names that differ by more than underscores and capitals. */
const aliases: Readonly<Record<string, LossName>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  bce: 'binaryCrossentropy',
  kldivergence: 'kullbackLeiblerDivergence',
  kld: 'kullbackLeiblerDivergence',
  cosinesimilarity: 'cosineProximity',
  huberloss: 'huber',
};

/**
 * The canonical name of a loss.
 *
 * @param name as in TensorFlow.js (`meanSquaredError`), as in Keras (`mean_squared_error`, `MeanSquaredError`) or short (`mse`)
 * @throws InputError when there is no such loss; the nearest is offered
 */
export function resolveLossName(name: string): LossName {
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const alias = Object.hasOwn(aliases, key) ? aliases[key] : undefined;
  const found = alias ?? lossNames.find((known) => known.toLowerCase() === key);
  if (found) return found;
  const guess = nearest(name, [...lossNames, ...Object.keys(aliases)]);
  throw new InputError(
    `unknown loss "${name}"${guess ? `; did you mean ${guess}?` : '.'} Losses: ${lossNames.join(', ')}`,
  );
}

/**
 * The target that a loss needs.
 *
 * @param loss any spelling of its name
 * @throws InputError when there is no such loss
 */
export function targetKind(loss: string): TargetKind {
  return targets[resolveLossName(loss)];
}
