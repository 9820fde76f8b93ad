import type { TrialTraining } from '../results/comparison.js';
import { mean, median, standardDeviation } from '../statistics.js';

/** A rate is as good as the one with the lowest loss if it is behind by at most this many standard errors. */
const AS_GOOD_STANDARD_ERRORS = 1;

/** Which of some rates their losses favour. */
export interface FavouredRate {
  /** Index of the rate: of those that are as good as the lowest one, the nearest to the plain answer. */
  readonly best: number;
  /** Index of the rate with the lowest level. */
  readonly lowest: number;
  /** The mean over seeds at each rate, with losses that exploded capped. */
  readonly levels: readonly number[];
  /** The standard error of the difference between two rates. */
  readonly noise: number;
  /** Whether a rate is as good as the best within the noise. */
  isAsGood(i: number): boolean;
}

/**
 * Compares rates by losses that are paired by seed. Where the noise hides which one is lowest, the evidence does not speak against
 * the plain answer, so the nearest to it is taken.
 *
 * @param losses of each rate, by seed; +∞ where a training diverged
 * @param start the loss before the first step; NaN if it is not known
 * @param distances of the rates from the plain answer
 */
export function favouredRate(
  losses: readonly (readonly number[])[],
  start: number,
  distances: readonly number[],
): FavouredRate {
  const capped = capLosses(losses, start);
  const levels = capped.map(mean);
  const lowest = levels.indexOf(Math.min(...levels));
  const noise = standardError(capped, lowest);
  const isAsGood = (i: number) =>
    i === lowest || (levels[i] as number) - (levels[lowest] as number) <= AS_GOOD_STANDARD_ERRORS * noise;
  const best = levels.reduce(
    (nearest, _, i) => (isAsGood(i) && (distances[i] as number) < (distances[nearest] as number) ? i : nearest),
    lowest,
  );
  return { best, lowest, levels, noise, isAsGood };
}

/**
 * The standard error of the difference between two rates, by the scatter over seeds of all differences from the lowest; a few
 * seeds of one rate alone would say little. 0 with one rate.
 */
function standardError(losses: readonly (readonly number[])[], lowest: number): number {
  const least = losses[lowest] as readonly number[];
  const scatter = losses
    .filter((_, i) => i !== lowest)
    .map((each) => standardDeviation(each.map((loss, seed) => loss - (least[seed] as number))));
  if (scatter.length === 0 || !scatter.every(Number.isFinite)) return 0;
  // The median, because the losses next to the cliff scatter far more than those that the answer rests on.
  return median(scatter) / Math.sqrt(least.length);
}

/** The mean loss before the first step; NaN if it was not measured. */
export function meanStart(trainings: readonly TrialTraining[]): number {
  return mean(trainings.map(({ start }) => start?.loss ?? Number.NaN).filter(Number.isFinite));
}

/**
 * The mean over seeds of the losses at each rate. A loss counts at most twice as far above the lowest as the start is, or the
 * median where that is higher: that it has exploded is informative, but its height is not.
 *
 * @param losses of each rate, by seed; +∞ where a training diverged
 * @param start the loss before the first step, if it is known
 */
export function cappedMeans(losses: readonly (readonly number[])[], start = Number.NaN): number[] {
  return capLosses(losses, start).map(mean);
}

/** The losses of which `cappedMeans` are the means. */
function capLosses(losses: readonly (readonly number[])[], start: number): number[][] {
  const finite = losses.flat().filter(Number.isFinite);
  if (finite.length === 0) return losses.map((each) => each.map(() => Number.POSITIVE_INFINITY));
  const least = Math.min(...finite);
  const above = Math.max(...[median(finite), start].filter(Number.isFinite)) - least;
  return losses.map((each) => each.map((loss) => Math.min(loss, least + 2 * above)));
}
