import type { Training, Evaluation } from '@lrfind/core/results';
import type { CsvCell } from './csv.js';

/** A column of a table of points. */
interface PointColumn {
  readonly title: string;
  /** Undefined or null where the point has nothing there. */
  readonly cell: (point: Evaluation) => CsvCell;
}

/**
 * The columns for the points of trainings: epoch, step, rate, loss and metrics, and with `val_` before it what was measured
 * on held-out rows, if any training has some.
 *
 * @param trainings all whose points are to stand in one table
 */
export function pointColumns(trainings: readonly Training[]): PointColumn[] {
  const points = trainings.flatMap((training) => training.points);
  const metrics = namesOf(points.map(({ training }) => training.metrics));
  const heldOut = points.flatMap(({ validation }) => validation ?? []);
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

/** All names, in the order in which they are first met. */
function namesOf(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}
