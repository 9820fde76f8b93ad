import { roundToFloat32 } from '../float32.js';

/** The spacings of rates, by name. Add one as an entry here. */
export const spacings = {
  /** Equal factors between neighbours: every decade gets the same number of steps. */
  geometric: (start: number, end: number, share: number) =>
    // The ratio of far ends overflows; their powers do not.
    Number.isFinite(end / start) ? start * (end / start) ** share : start ** (1 - share) * end ** share,
  /** Equal differences between neighbours: nearly all steps fall into the last decade. */
  linear: (start: number, end: number, share: number) => start + (end - start) * share,
} as const;

/** The name of a spacing. */
export type Spacing = keyof typeof spacings;

/**
 * The learning rates of a sweep, rising. The first and last are exactly `start` and `end`; those between are in float32 precision,
 * unless they are so close that float32 could not tell them apart.
 *
 * @param start first rate, above 0
 * @param end last rate, above `start`
 * @param steps number of rates, at least 2
 * @param spacing name of an entry of {@link spacings}
 *
 * @example
 * sweepRates(1e-4, 1, 5, 'geometric'); // [1e-4, 1e-3, 0.01, 0.1, 1]
 */
export function sweepRates(start: number, end: number, steps: number, spacing: Spacing): number[] {
  const at = spacings[spacing];
  const exact = Array.from({ length: steps }, (_, i) => (i === steps - 1 ? end : at(start, end, i / (steps - 1))));
  const rates = exact.map((rate, i) => (i === 0 || i === steps - 1 ? rate : roundToFloat32(rate)));
  return rates.every((rate, i) => i === 0 || rate > (rates[i - 1] as number)) ? rates : exact;
}

/** Steps in a decade of rates, on average. */
export function stepsPerDecade(rates: readonly number[]): number {
  return (rates.length - 1) / (Math.log10(rates.at(-1) as number) - Math.log10(rates[0] as number));
}
