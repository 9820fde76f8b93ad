import { mean, median } from '../statistics.js';

/** Share of a sweep that counts as its beginning, where the rate is too low to change the loss. */
const BASELINE_SHARE = 0.15;

/** How many of a sweep's first steps show the loss before it moves. */
export function baselineLength(steps: number): number {
  return Math.max(5, Math.round(BASELINE_SHARE * steps));
}

/** The loss before the rates begin to matter. */
export interface Baseline {
  readonly level: number;
  /** Standard deviation of the loss from batch to batch. */
  readonly noise: number;
}

/**
 * The level at which the loss starts, and its noise from batch to batch.
 *
 * @param sweeps the losses of each seed; those that are not finite are left out
 * @param steps number of rates in a whole sweep
 * @returns the mean level over seeds and the median of their noises; NaN when no seed has a finite start
 */
export function baselineOf(sweeps: readonly (readonly number[])[], steps: number): Baseline {
  const starts = sweeps.map((losses) => losses.slice(0, baselineLength(steps)).filter(Number.isFinite));
  const baselines = starts.filter((losses) => losses.length > 0).map(levelAndNoise);
  return { level: mean(baselines.map(({ level }) => level)), noise: median(baselines.map(({ noise }) => noise)) };
}

/** Mean and population standard deviation. */
export function levelAndNoise(losses: readonly number[]): Baseline {
  const level = mean(losses);
  return { level, noise: Math.sqrt(mean(losses.map((value) => (value - level) ** 2))) };
}
