import type { SweepResult } from '@lrfind/core/results';

/** What a sweep's diagnosis says of the shape of its curve. */
export interface SweepShape {
  /** The loss does not fall beyond its noise at any rate. */
  readonly flat: boolean;
  /** The loss still falls at the last rate, so that the curve is cut off there. */
  readonly cutAtEnd: boolean;
  /** The loss falls from the first rate on, so that the curve is cut off there. */
  readonly cutAtStart: boolean;
}

/** The shape of a curve. The sentences are those that the analysis writes. */
export function sweepShape({ diagnosis }: Pick<SweepResult, 'diagnosis'>): SweepShape {
  const says = (start: string) => diagnosis.some((sentence) => sentence.startsWith(start));
  return {
    flat: says('Flat:'),
    cutAtEnd: says('Still falling at the end:'),
    cutAtStart: says('Falling from the start:'),
  };
}

/** Losses of a flat curve fill at most this share of the axis. */
const FLAT_SHARE = 0.25;

/**
 * The domain of a flat curve: from 0 where losses are above it, and otherwise so high that the losses take a quarter of it. An axis
 * that fits the losses would make their noise look like a signal.
 *
 * @param fitted the domain that fits the losses
 */
export function flatDomain([low, high]: readonly [number, number]): [number, number] {
  const height = high - low;
  const middle = (low + high) / 2;
  const [least, most] = [middle - height / FLAT_SHARE / 2, middle + height / FLAT_SHARE / 2];
  // A loss that is noise alone around 0 has no room for 0 at the bottom.
  if (low >= 0) return [0, Math.max(1.25 * high, least < 0 ? most : 0)];
  return [least, most];
}
