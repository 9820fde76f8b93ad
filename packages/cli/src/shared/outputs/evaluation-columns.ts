import type { Evaluation, Training } from '@lrfind/core/results';
import type { CsvCell } from './csv.js';

/** A column of a table of evaluations. */
interface EvaluationColumn {
  readonly title: string;
  /** Undefined or null where the evaluation has no value. */
  readonly cell: (evaluation: Evaluation) => CsvCell;
}

/**
 * The columns of a table of evaluations: epoch, step, rate, loss and metrics; then loss and metrics on validation rows, with
 * `val_` in front, where any training has them.
 *
 * @param trainings those whose evaluations are in the table
 */
export function evaluationColumns(trainings: readonly Training[]): EvaluationColumn[] {
  const evaluations = trainings.flatMap((training) => training.evaluations);
  const metrics = namesOf(evaluations.map(({ training }) => training.metrics));
  const heldOut = evaluations.flatMap(({ validation }) => validation ?? []);
  const heldOutMetrics = namesOf(heldOut.map((measures) => measures.metrics));
  return [
    { title: 'epoch', cell: ({ epoch }) => epoch },
    { title: 'step', cell: ({ step }) => step },
    { title: 'rate', cell: ({ rate }) => rate },
    { title: 'loss', cell: ({ training }) => training.loss },
    ...metrics.map((name) => ({ title: name, cell: ({ training }: Evaluation) => training.metrics[name] })),
    ...(heldOut.length > 0 ? [{ title: 'val_loss', cell: ({ validation }: Evaluation) => validation?.loss }] : []),
    ...heldOutMetrics.map((name) => ({
      title: `val_${name}`,
      cell: ({ validation }: Evaluation) => validation?.metrics[name],
    })),
  ];
}

/** All names, in the order of their first occurrence. */
function namesOf(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}
