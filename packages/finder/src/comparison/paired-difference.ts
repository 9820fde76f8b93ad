import type { Behind } from '../comparison-result.js';
import { mean, standardDeviation } from './moments.js';
import { studentT } from './student-t.js';

/**
 * How far the losses of one run lie above those of another that was trained with the same seeds. The seeds are paired: equal
 * initial weights and batches, so what a seed does to both alike is no noise. The interval is Student's, for the mean of the
 * differences.
 *
 * @param losses a loss for each seed
 * @param best those of the run that it is compared with, in the same order
 */
export function pairedDifference(losses: readonly number[], best: readonly number[]): Behind {
  const differences = losses.map((loss, i) => loss - (best[i] as number));
  const difference = mean(differences);
  const seeds = differences.length;
  if (seeds < 2) return { difference, low: null, high: null, verdict: 'unknown' };
  const reach = (studentT(seeds - 1) * standardDeviation(differences)) / Math.sqrt(seeds);
  const [low, high] = [difference - reach, difference + reach];
  return { difference, low, high, verdict: low > 0 ? 'worse' : 'same' };
}
