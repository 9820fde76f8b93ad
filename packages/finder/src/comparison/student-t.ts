/**
 * The 97.5 % points of Student's t for 1 to 30 degrees of freedom (Fisher and Yates, Statistical Tables, table III): between
 * minus and plus that many standard errors lie 95 %.
 */
const points = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/**
 * How many standard errors the 95 % interval of a mean reaches to either side.
 *
 * @param freedom degrees of freedom, one less than there are values; from 1. Beyond 30 an expansion in 1/freedom is used
 *   (Cornish and Fisher's first two terms), which is right to four digits there.
 */
export function studentT(freedom: number): number {
  const known = points[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
