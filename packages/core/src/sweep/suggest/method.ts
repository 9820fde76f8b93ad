import type { Descent } from '../descent.js';

/** A smoothed curve, as suggestion methods see it. */
export interface SmoothedCurve {
  /** Learning rates, rising. */
  readonly rates: readonly number[];
  /** Smoothed losses, finite, one for each rate. */
  readonly losses: readonly number[];
}

/** What a method may use besides the curve. */
export interface SweepContext {
  /** All rates of the sweep, also those before and after the relevant part. */
  readonly rates: readonly number[];
  readonly descent: Descent;
  /** Whether the optimizer averages gradients; see `UpdateRule.usesMovingAverage`. */
  readonly averaging: boolean;
}

/** An entry of the table of suggestion methods. */
export interface SuggestionMethod {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * The suggested rate, or null when the curve does not show one.
   *
   * @param curve the part of the curve from where the loss departs from its start level to where it is back above it
   */
  suggest(curve: SmoothedCurve, context: SweepContext): number | null;
}

/** Index of the smallest value, the first of equals; -1 for none. */
export function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, i) => (best < 0 || value < (values[best] as number) ? i : best), -1);
}
