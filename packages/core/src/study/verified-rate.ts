import type { TrialTraining } from '../results/comparison.js';
import type { TriedRate, Verification } from '../results/verification.js';
import { pairedDifference } from './ranking.js';
import { cappedMeans, RATE_SPACING_DECADES, VERIFICATION_SEEDS } from './try-rates.js';

/** What follows from the trainings. */
export type VerifiedRate = Pick<Verification, 'learningRate' | 'low' | 'high' | 'verdict' | 'cost'>;

/**
 * The rate that short trainings favour: the lowest point of the parabola through the best rate and its neighbours, so that a
 * rate next to the cliff counts for less. The interval holds the rates that are not worse by more than the noise of the seeds.
 *
 * @param tried rising; only rates whose trainings all came to their end count
 * @param plain the answer of the sweeps, one of the tried rates
 * @returns null when every training diverged
 */
export function verifiedRate(tried: readonly TriedRate[], plain: number): VerifiedRate | null {
  const whole = tried.filter(({ trainings }) => trainings.length === VERIFICATION_SEEDS && trainings.every(isWhole));
  const losses = whole.map(({ trainings }) => trainings.map(finalLoss));
  const levels = cappedMeans(losses);
  const best = levels.indexOf(Math.min(...levels));
  if (best < 0 || !Number.isFinite(levels[best])) return null;
  const rates = whole.map(({ rate }) => rate);
  const at = (i: number) => rates[i] as number;
  const top = Math.max(...losses.flat().filter(Number.isFinite));
  const capped = (i: number) => (losses[i] as number[]).map((loss) => Math.min(loss, top));
  const behind = (i: number) => pairedDifference(capped(i), capped(best));
  const near = (i: number) => i >= 0 && i < rates.length && levels[i] !== undefined && behind(i).verdict !== 'worse';
  let [low, high] = [best, best];
  while (near(low - 1)) low--;
  while (near(high + 1)) high++;
  const half = 10 ** (RATE_SPACING_DECADES / 2);
  const interior = best > 0 && best < rates.length - 1;
  const plainAt = rates.indexOf(plain);
  return {
    learningRate: at(best) * 10 ** (RATE_SPACING_DECADES * (interior ? vertex(levels.slice(best - 1, best + 2)) : 0)),
    low: at(low) / half,
    high: at(high) * half,
    verdict: !interior ? 'unsure' : low === high ? 'sure' : 'fair',
    cost: plainAt < 0 || plainAt === best ? null : behind(plainAt),
  };
}

/** Whether a training was not ended early for the sake of other rates. */
function isWhole({ outcome }: TrialTraining): boolean {
  return outcome !== 'pruned';
}

/** The held-out loss at the end; +∞ of a training that diverged. */
function finalLoss({ outcome, evaluations }: TrialTraining): number {
  return outcome === 'diverged'
    ? Number.POSITIVE_INFINITY
    : (evaluations.at(-1)?.validation?.loss ?? Number.POSITIVE_INFINITY);
}

/** Where the parabola through three points at −1, 0 and 1, of which the middle one is lowest, is lowest: −0.5 to 0.5. */
function vertex(levels: readonly number[]): number {
  const [left, middle, right] = levels as [number, number, number];
  const bend = left - 2 * middle + right;
  return bend > 0 ? (left - right) / (2 * bend) : 0;
}
