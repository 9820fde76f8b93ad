/**
 * The slope of a curve per decade of rate, by the rule of `numpy.gradient`: second-order differences for uneven
 * spacing, one-sided differences at both ends.
 *
 * @param rates rising, above 0
 * @param losses one for each rate
 * @returns one slope for each rate, in loss per decade; NaN next to a NaN, and for fewer than two points
 */
export function slopePerDecade(rates: readonly number[], losses: readonly number[]): number[] {
  const x = rates.map(Math.log10);
  const last = rates.length - 1;
  const rise = (from: number, to: number) =>
    ((losses[to] as number) - (losses[from] as number)) / ((x[to] as number) - (x[from] as number));
  return rates.map((_, i) => {
    if (last < 1) return Number.NaN;
    if (i === 0) return rise(0, 1);
    if (i === last) return rise(last - 1, last);
    const before = (x[i] as number) - (x[i - 1] as number);
    const after = (x[i + 1] as number) - (x[i] as number);
    return (rise(i - 1, i) * after + rise(i, i + 1) * before) / (before + after);
  });
}
