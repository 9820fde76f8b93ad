import { median } from './quantile.js';

/** Share of a sweep that is taken as "before anything happens". */
const SHARE = 0.15;

/** How many of a sweep's first points show the loss before it moves. */
export function startLength(points: number): number {
  return Math.max(5, Math.round(SHARE * points));
}

/** The loss before the rates begin to matter. */
export interface StartLevel {
  readonly level: number;
  /** Standard deviation of the loss from batch to batch. */
  readonly noise: number;
}

/**
 * Where the loss starts and how much it varies from batch to batch.
 *
 * @param sweeps the losses of each seed; what is not finite is left out
 * @param points how many rates the whole sweep has
 * @returns the mean over seeds, and the median of their noises; NaN when no seed has a finite start
 */
export function startLevel(sweeps: readonly (readonly number[])[], points: number): StartLevel {
  const heads = sweeps.map((losses) => losses.slice(0, startLength(points)).filter(Number.isFinite));
  const moments = heads.filter((head) => head.length > 0).map(moment);
  return { level: mean(moments.map(({ level }) => level)), noise: median(moments.map(({ noise }) => noise)) };
}

/** Mean and population standard deviation. */
export function moment(values: readonly number[]): StartLevel {
  const level = mean(values);
  return { level, noise: Math.sqrt(mean(values.map((value) => (value - level) ** 2))) };
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
