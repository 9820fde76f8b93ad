/**
 * The distance of round numbers in a range: 1, 2 or 5 times a power of ten, so that about so many fit.
 *
 * @param low the lower end
 * @param high the upper end, above it
 * @param count number of steps to aim for; there may be half or twice as many
 * @returns `factor` × 10^`exponent`, apart because their product need not be exact
 */
export function roundStep(low: number, high: number, count: number): { factor: 1 | 2 | 5; exponent: number } {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Divided first, because the difference may be beyond float64. Steps closer than that are one number in float64.
  const rough = Math.max(high / count - low / count, largest * 1e-12);
  const exponent = Math.floor(Math.log10(rough));
  const lead = rough / 10 ** exponent;
  // The nearest by ratio: 1 up to √2, 2 up to √10, 5 up to √50.
  if (lead < Math.SQRT2) return { factor: 1, exponent };
  if (lead < Math.sqrt(10)) return { factor: 2, exponent };
  return lead < Math.sqrt(50) ? { factor: 5, exponent } : { factor: 1, exponent: exponent + 1 };
}

/**
 * Round numbers that enclose a range, for the ends and the labels of an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param low the lower end
 * @param high the upper end, above it
 * @param count number of steps to aim for
 * @returns from the first at or below `low` to the first at or above `high`
 *
 * @example
 * roundNumbers(1.14, 1.9, 4) // [1, 1.2, 1.4, 1.6, 1.8, 2]
 */
export function roundNumbers(low: number, high: number, count: number): number[] {
  const { factor, exponent } = roundStep(low, high, count);
  const step = Number(`${factor}e${exponent}`);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Parsed from text, so that the third multiple of 0.1 is 0.3 and not 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`${(first + i) * factor}e${exponent}`));
}
