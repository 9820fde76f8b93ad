import type { Tensor } from '@tensorflow/tfjs-core';

/** What is measured besides the loss: a row of the table of metrics. */
export interface MetricKind {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * @param target targets of a batch, rows first
   * @param prediction what an output of the model gave for them
   * @param loss canonical name of the output's loss, which decides what the two mean; null for a function of the caller's
   * @returns a number for each row, or one for each value of each row; its mean is the metric
   */
  readonly of: (target: Tensor, prediction: Tensor, loss: string | null) => Tensor;
}

/** A metric of a model: of one of its outputs. */
export interface Metric {
  /** The kind's name, for a model with several outputs behind the output's, as Keras has it: `price_accuracy`. */
  readonly name: string;
  /** Which output. */
  readonly output: number;
  /** From targets and predictions of a batch to numbers whose mean is the metric. */
  readonly of: (target: Tensor, prediction: Tensor) => Tensor;
}
