import type { Measures } from '../training-result.js';

/**
 * Loss and metrics by name, for documents: null in the place of what is not finite.
 *
 * @param values the loss, then the metrics
 * @param names of the metrics
 */
export function measures(values: readonly number[], names: readonly string[]): Measures {
  const [loss, ...others] = values.map((value) => (Number.isFinite(value) ? value : null));
  return { loss: loss ?? null, metrics: Object.fromEntries(names.map((name, i) => [name, others[i] ?? null])) };
}
