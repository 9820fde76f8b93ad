import type { Evaluation, Measures } from '../results/training.js';

/** How long a training is. */
export interface TrainingLength {
  /** Passes over the rows. */
  readonly epochs: number;
  /** Training steps in place of epochs, one batch each. */
  readonly steps?: number | undefined;
}

/** Evaluations of a training whose length is given in steps. */
const EVALUATIONS = 20;

/**
 * The numbers of steps after which a training is evaluated, ascending; the last is its length. A training in epochs is
 * evaluated at the end of each.
 *
 * @param stepsPerEpoch batches in an epoch, at least 1
 */
export function evaluationSteps({ epochs, steps }: TrainingLength, stepsPerEpoch: number): number[] {
  if (steps === undefined) return Array.from({ length: epochs }, (_, i) => (i + 1) * stepsPerEpoch);
  const count = Math.min(EVALUATIONS, steps);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * steps) / count));
}

/**
 * Loss and metrics by name; null in place of what is not finite.
 *
 * @param values the loss, then the metrics
 * @param names of the metrics
 */
export function measures(values: readonly number[], names: readonly string[]): Measures {
  const [loss, ...others] = values.map((value) => (Number.isFinite(value) ? value : null));
  return { loss: loss ?? null, metrics: Object.fromEntries(names.map((name, i) => [name, others[i] ?? null])) };
}

/** The first evaluation with the lowest loss on the held-out rows; `undefined` where none is finite. */
export function lowestEvaluation(evaluations: readonly Evaluation[]): Evaluation | undefined {
  const lossOf = ({ validation }: Evaluation) => validation?.loss ?? Number.NaN;
  return evaluations
    .filter((evaluation) => Number.isFinite(lossOf(evaluation)))
    .reduce<Evaluation | undefined>(
      (least, evaluation) => (least && lossOf(least) <= lossOf(evaluation) ? least : evaluation),
      undefined,
    );
}
