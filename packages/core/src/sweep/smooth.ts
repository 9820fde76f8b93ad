/** In widths. Weights beyond it are below 2e-14 and left out. */
const KERNEL_RADIUS = 8;

/**
 * Centred Gaussian smoothing over the logarithm of the rate. It has no lag. The exponential average of most other
 * finders moves the steepest point and the minimum about 0.6 and 1.1 decades towards higher rates.
 *
 * At both ends it averages the points that exist.
 *
 * @param rates rising, above 0
 * @param losses one for each rate, finite
 * @param width standard deviation of the kernel, in decades of rate, above 0
 * @returns one smoothed loss for each rate
 */
export function smooth(rates: readonly number[], losses: readonly number[], width: number): number[] {
  const positions = rates.map(Math.log10);
  return positions.map((centre) => {
    const { first, weights } = weightsAround(positions, centre, width);
    let sum = 0;
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      sum += weight * (losses[first + i] as number);
      total += weight;
    }
    return sum / total;
  });
}

/**
 * The effective number of points that a smoothed point in the middle of the range averages: (Σw)² / Σw². Its variance
 * is that of a single loss divided by this number.
 *
 * @param rates rising, above 0
 * @param width standard deviation of the kernel, in decades of rate, above 0
 */
export function averagedPoints(rates: readonly number[], width: number): number {
  const positions = rates.map(Math.log10);
  let sum = 0;
  let squares = 0;
  const { weights } = weightsAround(positions, positions[Math.floor(rates.length / 2)] as number, width);
  for (const weight of weights) {
    sum += weight;
    squares += weight ** 2;
  }
  return sum ** 2 / squares;
}

/** The weights of the positions near a centre, and the index of the first of these. */
function weightsAround(positions: readonly number[], centre: number, width: number) {
  const weights: number[] = [];
  let first = 0;
  for (let i = 0; i < positions.length; i++) {
    const distance = ((positions[i] as number) - centre) / width;
    if (distance > KERNEL_RADIUS) break;
    if (distance < -KERNEL_RADIUS) first = i + 1;
    else weights.push(Math.exp(-(distance ** 2) / 2));
  }
  return { first, weights };
}
