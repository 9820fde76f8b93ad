/**
 * Centred Gaussian smoothing over the logarithm of the rate. It has no lag: an exponential average, which every other
 * finder uses, moves the steepest point and the minimum 0.6 to 1.1 decades towards higher rates.
 *
 * Near the ends only the points that exist are averaged.
 *
 * @param rates rising, above 0
 * @param losses one for each rate, finite
 * @param width standard deviation of the kernel, in decades of rate, above 0
 * @returns one smoothed loss for each rate
 */
export function smooth(rates: readonly number[], losses: readonly number[], width: number): number[] {
  return rates.map((rate) => {
    let sum = 0;
    let total = 0;
    for (const [i, weight] of kernel(rates, rate, width).entries()) {
      sum += weight * (losses[i] as number);
      total += weight;
    }
    return sum / total;
  });
}

/** The weight that each rate has in the smoothed loss at `centre`; 1 at the centre itself. */
export function kernel(rates: readonly number[], centre: number, width: number): number[] {
  return rates.map((rate) => Math.exp(-((Math.log10(rate / centre) / width) ** 2) / 2));
}
