import { InputError, nearest } from '../errors.js';

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

/** Every loss by name, and the target it needs. */
const targets: Readonly<Record<string, TargetKind>> = {
  meanSquaredError: 'number',
  meanAbsoluteError: 'number',
  meanAbsolutePercentageError: 'number',
  meanSquaredLogarithmicError: 'non-negative',
  squaredHinge: 'sign',
  hinge: 'sign',
  categoricalHinge: 'distribution',
  logcosh: 'number',
  huber: 'number',
  categoricalCrossentropy: 'distribution',
  sparseCategoricalCrossentropy: 'label',
  binaryCrossentropy: 'probability',
  kullbackLeiblerDivergence: 'distribution',
  poisson: 'non-negative',
  cosineProximity: 'number',
  softmaxCrossEntropy: 'label-or-distribution',
  sigmoidCrossEntropy: 'probability',
};

/**
 * The target that a loss needs.
 *
 * @param loss its TensorFlow.js name, or `softmaxCrossEntropy`, `sigmoidCrossEntropy` or `huber`
 * @throws InputError when there is no such loss
 */
export function targetKind(loss: string): TargetKind {
  const kind = Object.hasOwn(targets, loss) ? targets[loss] : undefined;
  if (kind) return kind;
  const near = nearest(loss, Object.keys(targets));
  const hint = near === undefined ? `losses: ${Object.keys(targets).join(', ')}` : `did you mean ${near}?`;
  throw new InputError(`loss: there is no "${loss}"; ${hint}`);
}
