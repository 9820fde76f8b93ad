import type { OutputShape } from '../shapes.js';

/**
 * What a loss compares a prediction with:
 * - `label`: one class number a row;
 * - `label-or-distribution`: either of these two;
 * - `distribution`: a probability for each class, adding up to 1, such as one-hot rows;
 * - `probability`: for each unit a number from 0 to 1;
 * - `sign`: for each unit −1 or 1;
 * - `non-negative`: for each unit a number at least 0;
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

/** The target columns of an output. */
export interface TargetSummary {
  /** Numbers or words in a row. */
  readonly count: number;
  /** Whether they are words. */
  readonly text: boolean;
}

/** The loss of an output, and what it needs of the target. */
export interface ChosenTarget {
  /** Name of the loss, for messages and the task. */
  readonly loss: string;
  readonly kind: TargetKind;
  /**
   * The power of the target's scale with which the loss grows: 2 for squares, 1 for absolute values. Default: the loss grows in
   * another way, and its target cannot be scaled.
   */
  readonly scaleDegree?: 1 | 2 | undefined;
  /** Why this loss, in a sentence, where it was inferred. */
  readonly why?: string;
}

/**
 * Chooses the loss of an output from its target columns.
 *
 * @param index number of the output
 * @throws InputError when no loss fits
 */
export type ChooseTarget = (output: OutputShape, target: TargetSummary, index: number) => ChosenTarget;
