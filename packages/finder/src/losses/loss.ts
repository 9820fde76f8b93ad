import type { TargetKind } from '@lrfind/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TSchema } from 'typebox';

/** A loss: from targets and predictions, both with the batch first, to one number for each row or one number in all. */
export interface LossFunction {
  (target: Tensor, prediction: Tensor): Tensor;
  /** The loss of each entry, such as each step of a sequence, where the function itself gives one number in all. */
  readonly entries?: (target: Tensor, prediction: Tensor) => Tensor;
}

/** Parameters of a loss, such as `delta`, filled in. */
export type LossParameters = Readonly<Record<string, number>>;

/** An entry of the table of losses: everything about one loss. */
export interface LossKind {
  /** As in TensorFlow.js, where it has this loss. */
  readonly name: string;
  /** Other spellings, in lower case without underscores: short forms, and Keras's name where it is another word. */
  readonly aliases?: readonly string[];
  /** What it compares a prediction with. */
  readonly target: TargetKind;
  /** The loss itself, where TensorFlow.js's layers do not have it under this name. */
  readonly compute?: LossFunction;
  /**
   * The power of the target's scale with which the loss grows: 2 for squares, 1 for absolute values. Default: it grows in another
   * way.
   */
  readonly scaleDegree?: 1 | 2;
  /** How to write it in `model.compile` of TensorFlow.js, where that is not its name in quotes; null where it cannot be written. */
  readonly tfjs?: string | null;
  /** Parameters that its name may have in parentheses, `huber(delta=0.5)`, with their ranges and defaults. Left out: none of its own. */
  readonly parameters?: Readonly<Record<string, TSchema>>;
  /** What is otherwise with parameters that are not the defaults. */
  readonly withParameters?: (parameters: LossParameters) => Pick<LossKind, 'compute' | 'onLogits'>;
  /** For a loss on probabilities: the activation that makes them of logits, and the same loss on logits. */
  readonly onLogits?: { readonly activation: string; readonly loss: string };
  /** For a loss whose units are each a yes or no: predictions above this number mean yes. */
  readonly yesAbove?: number;
}
