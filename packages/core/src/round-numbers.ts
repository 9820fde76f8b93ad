/**
 * A round distance: 1, 2 or 5 times a power of ten.
 *
 * @param distance above 0
 * @returns `factor` × 10^`exponent`, the nearest by ratio, apart because their product need not be exact
 */
export function roundStep(distance: number): { factor: 1 | 2 | 5; exponent: number } {
  const exponent = Math.floor(Math.log10(distance));
  const lead = distance / 10 ** exponent;
  // The borders are 1 · 2, 2 · 5 and 5 · 10 under the root.
  if (lead < Math.SQRT2) return { factor: 1, exponent };
  if (lead < Math.sqrt(10)) return { factor: 2, exponent };
  return lead < Math.sqrt(50) ? { factor: 5, exponent } : { factor: 1, exponent: exponent + 1 };
}

/**
 * Round numbers that enclose a range, for the ends and the labels of an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param low the lower end
 * @param high the upper end, above it
 * @param count number of steps to aim for; there may be half or twice as many
 * @returns from the first at or below `low` to the first at or above `high`
 *
 * @example
 * roundNumbers(1.14, 1.9, 4) // [1, 1.2, 1.4, 1.6, 1.8, 2]
 */
export function roundNumbers(low: number, high: number, count: number): number[] {
  // Divided first, because the difference may be beyond float64. Steps closer than a part of 1e12 are one number there.
  const distance = Math.max(high / count - low / count, Math.max(Math.abs(low), Math.abs(high)) * 1e-12);
  const { factor, exponent } = roundStep(distance);
  const step = Number(`${factor}e${exponent}`);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Parsed from text, so that the third multiple of 0.1 is 0.3 and not 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`${(first + i) * factor}e${exponent}`));
}
