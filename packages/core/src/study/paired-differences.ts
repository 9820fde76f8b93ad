import { roundToFloat32 } from '../float32.js';
import type { Behind } from '../results/comparison.js';
import { mean, square, standardDeviation, studentT } from '../statistics.js';

/** With fewer seeds nobody can tell: 97.5 % points of Student's t are 12.7 with two, 4.3 with three. */
const LEAST_SEEDS = 3;

/**
 * How much the scatter of all comparisons counts beside that of one, in degrees of freedom. Of 1, 2 and 3, the greatest whose
 * intervals cover the truth in 94 to 96 of 100 cases on half of the study's tasks; the other half agrees (docs/method.md).
 */
const PRIOR_FREEDOM = 1;

/**
 * How far the losses of trials are above those of another that was trained with the same seeds. The losses are paired by
 * seed: both trials start from the same weights and batches, so noise that a seed adds to both cancels.
 *
 * The interval is the 95 % confidence interval of the mean difference, by a moderated t statistic (Smyth, 2004): three
 * seeds say little about the scatter of a difference, but the other comparisons scatter alike, relative to the level of
 * their losses. So the variance of each is drawn towards that of all, which counts as one more seed. A single comparison has
 * Student's t.
 *
 * @param trials for each trial its loss with each seed
 * @param best the other trial's losses, in the same order of seeds
 * @param leastSeeds with fewer there is no interval; at least 2
 * @returns one for each trial
 */
export function pairedDifferences(
  trials: readonly (readonly number[])[],
  best: readonly number[],
  leastSeeds = LEAST_SEEDS,
): Behind[] {
  const seeds = best.length;
  const differences = trials.map((losses) => losses.map((loss, i) => loss - (best[i] as number)));
  if (seeds < leastSeeds)
    return differences.map((each) => ({ difference: mean(each), low: null, high: null, verdict: 'unknown' }));
  const freedom = seeds - 1;
  const level = mean(best);
  const levels = trials.map((losses) => (mean(losses) + level) / 2);
  // Losses that may be negative have no level to be relative to.
  const units = levels.every((each) => each > 0) && level > 0 ? levels : levels.map(() => 1);
  const variances = differences.map((each, i) => square(standardDeviation(each) / (units[i] as number)));
  const common = commonVariance(variances, freedom);
  const [prior, total] = common === null ? [0, freedom] : [PRIOR_FREEDOM * common, freedom + PRIOR_FREEDOM];
  return differences.map((each, i) => {
    const difference = mean(each);
    const variance = (prior + freedom * (variances[i] as number)) / total;
    const half = studentT(total) * Math.sqrt(variance / seeds) * (units[i] as number);
    const [low, high] = [roundToFloat32(difference - half), roundToFloat32(difference + half)];
    return { difference, low, high, verdict: low > 0 ? 'worse' : 'same' };
  });
}

/** The same for one trial alone. */
export function pairedDifference(losses: readonly number[], best: readonly number[], leastSeeds = LEAST_SEEDS): Behind {
  return pairedDifferences([losses], best, leastSeeds)[0] as Behind;
}

/**
 * The variance that comparisons have in common: the geometric mean, corrected for what the logarithm of a variance with few
 * degrees of freedom lacks; null where fewer than two scatter at all.
 */
function commonVariance(variances: readonly number[], freedom: number): number | null {
  const logarithms = variances.filter((variance) => variance > 0).map(Math.log);
  if (logarithms.length < 2) return null;
  return Math.exp(mean(logarithms) - digammaOfHalf(freedom) + Math.log(freedom / 2));
}

/** The digamma function at n/2: ψ(1/2) = −γ − 2 ln 2, ψ(1) = −γ, ψ(x + 1) = ψ(x) + 1/x. */
function digammaOfHalf(n: number): number {
  const EULER = 0.5772156649015329;
  let value = n % 2 === 0 ? -EULER : -EULER - 2 * Math.LN2;
  for (let x = n % 2 === 0 ? 1 : 0.5; x < n / 2; x++) value += 1 / x;
  return value;
}
