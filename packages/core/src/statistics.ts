/** A number times itself; `x ** 2` may differ from it in the last bit, and from engine to engine. */
export function square(value: number): number {
  return value * value;
}

/** The arithmetic mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample: the sum of squares is divided by n − 1. Needs at least two values. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + square(value - middle), 0) / (values.length - 1));
}

/**
 * A quantile by linear interpolation between order statistics (numpy's default, R's type 7).
 *
 * @param values in any order; not changed
 * @param share 0 to 1; 0.5 is the median
 * @returns NaN for no values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below];
  const high = sorted[Math.ceil(position)];
  if (low === undefined || high === undefined) return Number.NaN;
  return low === high ? low : low + (high - low) * (position - below);
}

/** The middle value, or the mean of the two middle values; NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The 97.5 % points of Student's t for 1 to 30 degrees of freedom (Fisher and Yates, Statistical Tables, table III).
 */
const T_POINTS = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/**
 * Half the width of the 95 % confidence interval of a mean, in standard errors: the 97.5 % point of Student's t. Above
 * 30 degrees of freedom it is the first two terms of Cornish and Fisher's expansion in 1/freedom, correct to four
 * digits.
 *
 * @param freedom degrees of freedom: the number of values − 1, at least 1
 */
export function studentT(freedom: number): number {
  const known = T_POINTS[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  const z2 = square(z);
  return z + (z * (z2 + 1)) / (4 * freedom) + (z * (5 * square(z2) + 16 * z2 + 3)) / (96 * square(freedom));
}

/** The least of some numbers, however many: `Math.min` takes about 100,000. +∞ of none. */
export function least(values: readonly number[]): number {
  return values.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
}

/** The greatest of some numbers, however many. −∞ of none. */
export function greatest(values: readonly number[]): number {
  return values.reduce((greatest, each) => Math.max(greatest, each), Number.NEGATIVE_INFINITY);
}
