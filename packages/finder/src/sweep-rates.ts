/** How the rates of a sweep are spaced. A new spacing is one row here. */
export const spacings = {
  /** Equal factors between neighbours: every decade gets as many steps. */
  geometric: (start: number, end: number, share: number) => start * (end / start) ** share,
  /** Equal differences between neighbours: nearly all steps fall into the last decade. */
  linear: (start: number, end: number, share: number) => start + (end - start) * share,
} as const;

/** The name of a spacing. */
export type Spacing = keyof typeof spacings;

/**
 * The learning rates of a sweep, rising, both ends reached exactly.
 *
 * @param start first rate, above 0
 * @param end last rate, above `start`
 * @param steps how many, at least 2
 */
export function sweepRates(start: number, end: number, steps: number, spacing: Spacing): number[] {
  const at = spacings[spacing];
  return Array.from({ length: steps }, (_, i) => (i === steps - 1 ? end : at(start, end, i / (steps - 1))));
}
