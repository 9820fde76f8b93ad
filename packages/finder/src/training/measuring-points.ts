/** How long a training is and where it is looked at. */
export interface Length {
  /** Passes over the rows. */
  readonly epochs: number;
  /** Training steps in their place, one batch each. */
  readonly steps?: number | undefined;
}

/** A training that is told its steps rather than its epochs is looked at so many times. */
const LOOKS = 20;

/**
 * The numbers of steps after which a training is measured, ascending; the last is its length. Of a training in epochs these are the ends
 * of the epochs.
 *
 * @param stepsPerEpoch batches in an epoch, from 1
 */
export function measuringPoints({ epochs, steps }: Length, stepsPerEpoch: number): number[] {
  if (steps === undefined) return Array.from({ length: epochs }, (_, i) => (i + 1) * stepsPerEpoch);
  const looks = Math.min(LOOKS, steps);
  return Array.from({ length: looks }, (_, i) => Math.round(((i + 1) * steps) / looks));
}
