import type { TrialTraining } from '../results/comparison.js';
import type { TriedRate, Verification } from '../results/verification.js';
import { mean } from '../statistics.js';
import { pairedDifference } from './ranking.js';
import { cappedMeans, heldOutLoss, RATE_SPACING_DECADES, VERIFICATION_SEEDS } from './try-rates.js';

/** What follows from the trainings. */
export type VerifiedRate = Pick<Verification, 'learningRate' | 'low' | 'high' | 'verdict' | 'cost' | 'trend'>;

/** How far the rate for a longer training follows the trend: a share of it, and at most a decade in tenfold steps. */
const FOLLOWED_TREND = { share: 0.7, most: -1 } as const;

/** Seeds that every rate has. */
const COMMON_SEEDS = 2;

/**
 * The rate that short trainings favour: the lowest point of the parabola through the best rate and its neighbours, so that a
 * rate next to the cliff counts for less. The interval holds the rates that are not worse by more than the noise of the seeds.
 *
 * Where longer trainings favour lower rates, as they do once a model overfits, the rate for a training that is longer still is
 * lowered by 0.7 of that trend. Where they favour higher rates, it stays: a rate that is too high costs more.
 *
 * @param tried rising; only rates whose trainings all came to their end count
 * @param plain the answer of the sweeps, one of the tried rates
 * @param length steps of the longest trainings
 * @param target steps of the training that the rate is for; null where it is not known
 * @returns null when every training diverged
 */
export function verifiedRate(
  tried: readonly TriedRate[],
  plain: number,
  length: number,
  target: number | null,
): VerifiedRate | null {
  const whole = tried.filter(({ trainings }) => trainings.length === VERIFICATION_SEEDS && trainings.every(isWhole));
  const losses = whole.map(({ trainings }) => trainings.map(finalLoss));
  const levels = cappedMeans(losses);
  const best = levels.indexOf(Math.min(...levels));
  if (best < 0 || !Number.isFinite(levels[best])) return null;
  const rates = whole.map(({ rate }) => rate);
  const top = Math.max(...losses.flat().filter(Number.isFinite));
  const capped = (i: number) => (losses[i] as number[]).map((loss) => Math.min(loss, top));
  const behind = (i: number) => pairedDifference(capped(i), capped(best));
  const isAsGood = (i: number) => i >= 0 && i < rates.length && behind(i).verdict !== 'worse';
  let [low, high] = [best, best];
  while (isAsGood(low - 1)) low--;
  while (isAsGood(high + 1)) high++;
  const trend = trendOf(tried);
  const longer = target === null ? 0 : Math.max(0, Math.log10(target / length));
  const shift = 10 ** (FOLLOWED_TREND.share * Math.min(0, Math.max(FOLLOWED_TREND.most, trend)) * longer);
  const half = 10 ** (RATE_SPACING_DECADES / 2);
  const plainAt = rates.indexOf(plain);
  return {
    learningRate: 10 ** lowestPoint(rates.map(Math.log10), levels).at * shift,
    low: ((rates[low] as number) / half) * shift,
    high: (rates[high] as number) * half * shift,
    verdict: best === 0 || best === rates.length - 1 ? 'unsure' : low === high ? 'sure' : 'fair',
    cost: plainAt < 0 || plainAt === best ? null : behind(plainAt),
    trend,
  };
}

/** Whether a training was not ended early for the sake of other rates. */
function isWhole({ outcome }: TrialTraining): boolean {
  return outcome !== 'pruned';
}

/** The held-out loss at the end; +∞ of a training that diverged. */
function finalLoss({ outcome, evaluations }: TrialTraining): number {
  return outcome === 'diverged' ? Number.POSITIVE_INFINITY : heldOutLoss(evaluations.at(-1));
}

/** By how many decades the best rate moves as trainings become ten times as long: a line through the best after each stage. */
function trendOf(tried: readonly TriedRate[]): number {
  const all = tried.flatMap(({ trainings }) =>
    trainings.flatMap(({ evaluations }) => evaluations.map(({ step }) => step)),
  );
  const points = [...new Set(all)].flatMap((step): [number, number][] => {
    const after = tried.flatMap(({ rate, trainings }) => {
      const losses = trainings.slice(0, COMMON_SEEDS).map((training) => lossAtStep(training, step));
      return losses.length === COMMON_SEEDS && !losses.includes(undefined)
        ? [{ rate, losses: losses as number[] }]
        : [];
    });
    const levels = cappedMeans(after.map(({ losses }) => losses));
    const { at, isInterior } = lowestPoint(
      after.map(({ rate }) => Math.log10(rate)),
      levels,
    );
    return isInterior ? [[Math.log10(step), at]] : [];
  });
  if (points.length < 2) return 0;
  const [x, y] = [mean(points.map(([each]) => each)), mean(points.map(([, each]) => each))];
  const spread = points.reduce((sum, [each]) => sum + (each - x) ** 2, 0);
  return points.reduce((sum, [at, rate]) => sum + (at - x) * (rate - y), 0) / spread;
}

/** The held-out loss after a step: +∞ once it has diverged, undefined if it was not measured. */
function lossAtStep({ outcome, divergedAt, evaluations }: TrialTraining, step: number): number | undefined {
  const found = evaluations.find((each) => each.step === step);
  if (found) return heldOutLoss(found);
  return outcome === 'diverged' && divergedAt !== null && divergedAt < step ? Number.POSITIVE_INFINITY : undefined;
}

/**
 * Where the parabola through the lowest of some points and its neighbours is lowest, at most half-way to a neighbour.
 *
 * @param xs rising
 * @returns the lowest point itself where it has no neighbour on one side
 */
function lowestPoint(
  xs: readonly number[],
  ys: readonly number[],
): { readonly at: number; readonly isInterior: boolean } {
  const i = ys.indexOf(Math.min(...ys));
  const [x0, x1, x2] = [xs[i - 1], xs[i] as number, xs[i + 1]];
  if (x0 === undefined || x2 === undefined) return { at: x1, isInterior: false };
  const [y0, y1, y2] = [ys[i - 1], ys[i], ys[i + 1]] as [number, number, number];
  const [left, right] = [(y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)];
  if (!(right > left)) return { at: x1, isInterior: true };
  // The parabola's slope is that of each side half-way along it, and 0 in between.
  const at = (x0 + x1) / 2 + ((x2 - x0) / 2) * (-left / (right - left));
  return { at: Math.min(Math.max(at, (x0 + x1) / 2), (x1 + x2) / 2), isInterior: true };
}
