import { roundToFloat32 } from '@lrfind/core';
import type { Conclusions } from '@lrfind/core/sweep';
import type { ResolvedOptimizer } from '../optimizers/registry.js';

/** Trainings begin so many decades below the divergence of the sweeps, or below the rate that is usual for new weights. */
const BELOW_DECADES = { divergence: 2, usual: 1 } as const;

/**
 * The rate around which to try others where the sweeps of a model with weights have no answer. Such a model begins with a low loss, so
 * a sweep may show no descent although trainings at one rate would lower the loss.
 *
 * @param limits the first and last rate of the sweeps
 * @returns null where the loss is the same at every rate, and where it was never finite
 */
export function firstRate(
  { curve, divergence }: Conclusions,
  { kind }: ResolvedOptimizer,
  [least, most]: readonly [number, number],
): number | null {
  const [first] = curve;
  if (!first || curve.every(({ median }) => median === first.median)) return null;
  const rate = divergence
    ? divergence.rate / 10 ** BELOW_DECADES.divergence
    : kind.defaultRate / 10 ** BELOW_DECADES.usual;
  return Math.min(Math.max(roundToFloat32(rate), least), most);
}
