import type { TrainingPoint } from '../training-result.js';

/** The first point with the lowest loss on the held-out rows; undefined where none was measured or is finite. */
export function lowestPoint(points: readonly TrainingPoint[]): TrainingPoint | undefined {
  const lossOf = ({ validation }: TrainingPoint) => validation?.loss ?? Number.NaN;
  return points
    .filter((point) => Number.isFinite(lossOf(point)))
    .reduce<TrainingPoint | undefined>(
      (least, point) => (least && lossOf(least) <= lossOf(point) ? least : point),
      undefined,
    );
}
