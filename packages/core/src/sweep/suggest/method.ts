import type { Descent } from '../descent.js';

/** The smoothed curve that a suggestion method gets. */
export interface SmoothedCurve {
  /** Learning rates, rising. */
  readonly rates: readonly number[];
  /** Smoothed losses, finite, one for each rate. */
  readonly losses: readonly number[];
}

/** What is known of the optimizer of a sweep. */
export interface SweptOptimizer {
  /** Whether it averages gradients over steps, as Adam does. */
  readonly averaging: boolean;
  /** A rate that suits many models; undefined where good rates depend on the size of the gradients, as SGD's do. */
  readonly usualRate?: number | undefined;
}

/** What a suggestion method may use besides the curve. */
export interface SweepContext extends SweptOptimizer {
  /** All rates of the sweep, including those before and after the relevant part. */
  readonly rates: readonly number[];
  readonly descent: Descent;
}

/** An entry of the table of suggestion methods. */
export interface SuggestionMethod {
  /** Unique; what `--suggest` and results call it. */
  readonly name: string;
  /** What summaries call it, where its name is also that of a point of the curve. Default: its name. */
  readonly title?: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Suggests a rate. `analyse` refuses one that lies outside the range of the sweep, unless the loss still falls there.
   *
   * @param curve the relevant part: from where the loss departs from its start level to where it is back above it
   * @returns null when the curve does not show a rate
   */
  suggest(curve: SmoothedCurve, context: SweepContext): number | null;
}

/** The index of the smallest value, the first if several are equal; -1 for no values. */
export function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, i) => (best < 0 || value < (values[best] as number) ? i : best), -1);
}
