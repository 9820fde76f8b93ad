import type { Descent } from '../descent.js';

/** A smoothed curve: what methods of suggestion look at. */
export interface SmoothedCurve {
  /** Learning rates, rising. */
  readonly rates: readonly number[];
  /** Smoothed losses, finite, one for each rate. */
  readonly losses: readonly number[];
}

/** What is known beside the curve. */
export interface Circumstances {
  /** All rates of the sweep, also those before and after the stretch. */
  readonly rates: readonly number[];
  readonly descent: Descent;
  /** Whether the optimizer steps along averages of earlier gradients; see `UpdateRule.averages`. */
  readonly averages: boolean;
}

/** A row of the table of methods. */
export interface SuggestionMethod {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * The suggested rate, or null when the curve does not show one.
   *
   * @param curve the stretch that shows something: from where the loss leaves its start level to where it is back above it
   */
  suggest(curve: SmoothedCurve, circumstances: Circumstances): number | null;
}

/** Index of the smallest value, the first of equals; -1 for none. */
export function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, i) => (best < 0 || value < (values[best] as number) ? i : best), -1);
}
