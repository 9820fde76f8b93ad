import type { Evaluation, Measures } from '../results/training.js';

/** The length of a training. */
export interface TrainingLength {
  /** Passes over the rows. */
  readonly epochs: number;
  /** Training steps, one batch each; they replace `epochs`. */
  readonly steps?: number | undefined;
}

/** A training whose length is given in steps has this many evaluations. */
const EVALUATION_COUNT = 20;

/**
 * The steps after which a training is evaluated. A training in epochs is evaluated at the end of each, a training in
 * steps 20 times, evenly spread.
 *
 * @param stepsPerEpoch batches in an epoch, at least 1
 * @returns numbers of steps, ascending; the last is the length of the training
 */
export function evaluationSteps({ epochs, steps }: TrainingLength, stepsPerEpoch: number): number[] {
  if (steps === undefined) return Array.from({ length: epochs }, (_, i) => (i + 1) * stepsPerEpoch);
  const count = Math.min(EVALUATION_COUNT, steps);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * steps) / count));
}

/**
 * Loss and metrics as a result stores them: by name, and null if not finite.
 *
 * @param values the loss, then the metrics in the order of `names`
 * @param names of the metrics
 */
export function measures(values: readonly number[], names: readonly string[]): Measures {
  const [loss, ...others] = values.map((value) => (Number.isFinite(value) ? value : null));
  return { loss: loss ?? null, metrics: Object.fromEntries(names.map((name, i) => [name, others[i] ?? null])) };
}

/**
 * The evaluation with the lowest loss on the validation rows, the first of equal ones; `undefined` when no loss is
 * finite.
 *
 * @example
 * const { training } = await train(model, { xs, ys }, { learningRate: 0.01 });
 * const best = lowestEvaluation(training.evaluations);
 * console.log(best?.epoch, best?.validation?.loss);
 */
export function lowestEvaluation(evaluations: readonly Evaluation[]): Evaluation | undefined {
  const lossOf = ({ validation }: Evaluation) => validation?.loss ?? Number.NaN;
  return evaluations
    .filter((evaluation) => Number.isFinite(lossOf(evaluation)))
    .reduce<Evaluation | undefined>(
      (least, evaluation) => (least && lossOf(least) <= lossOf(evaluation) ? least : evaluation),
      undefined,
    );
}
