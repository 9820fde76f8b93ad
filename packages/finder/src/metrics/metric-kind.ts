import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossKind } from '../losses/loss.js';

/** An entry of the table of metrics. */
export interface MetricKind {
  readonly name: string;
  /** Other spellings, in lower case without underscores: short forms, and Keras's name where it is another word. */
  readonly aliases: readonly string[];
  /** One line for help and docs. */
  readonly summary: string;
  /** Whether it is about classes or about numbers, which decides the losses it can be measured with. */
  readonly of: 'classes' | 'numbers';
  /**
   * Why it cannot be measured with a loss, or with outputs of that many units; `undefined` where it can. Default: it can
   * wherever `of` fits the loss.
   *
   * @param loss of the output; null for the caller's own function
   * @param units size of the output's last dimension; `undefined` where it is not known
   */
  readonly misfit?: (loss: LossKind | null, units: number | undefined) => string | undefined;
  /** The same metric by names that fit some losses only, spelled as `aliases`. */
  readonly variants?: Readonly<Record<string, MetricKind>>;
  /** For a metric of the k most likely classes: the same one with another k. */
  readonly withK?: (k: number) => MetricKind;
  /** How it is measured: as a mean over rows, or from sums over them. */
  readonly measure: MeanMeasure | SumsMeasure;
}

/**
 * From targets and predictions of a batch, rows first, to a number for each row, or one for each value of each row. Their
 * mean over all batches is the metric. The loss of the output decides what the two mean; it is null for the caller's own
 * function.
 */
export type MeanMeasure = (target: Tensor, prediction: Tensor, loss: LossKind | null) => Tensor;

/** How to measure what is no mean over rows: with numbers that are added up over the batches. */
export interface SumsMeasure {
  /** How many numbers there are for an output of that many units. */
  readonly count: (units: number) => number;
  /**
   * What a batch adds.
   *
   * @param batch targets and predictions of equal meaning row by row
   * @param loss of the output, which decides what the two mean; null for the caller's own function
   * @returns `count` numbers, in float32
   */
  readonly measure: (batch: MeasuredRows, loss: LossKind | null) => Tensor;
  /** Adds the numbers of a batch to those so far, in place. Default: one by one. */
  readonly add?: (sums: Float64Array, batch: Float32Array) => void;
  /**
   * The metric.
   *
   * @param sums of all batches
   * @param units of the output
   */
  readonly value: (sums: Float64Array, units: number, loss: LossKind | null) => number;
}

/** A batch as a table: a row for each row of it, and for each step where there are steps. */
export interface MeasuredRows {
  /** Numbers: [rows, units] or, where the targets are class numbers, [rows, 1]. */
  readonly target: Tensor;
  /** [rows, units]. */
  readonly prediction: Tensor;
  /** 1 for each row that counts and 0 for each that the mask leaves out: [rows, 1]; null where all count. */
  readonly counted: Tensor | null;
}
