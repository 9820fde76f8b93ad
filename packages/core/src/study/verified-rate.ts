import { roundToFloat32 } from '../float32.js';
import type { TrialTraining } from '../results/comparison.js';
import type { TriedRate, Verification } from '../results/verification.js';
import { mean, square } from '../statistics.js';
import { cappedMeans, favouredRate, meanStart } from './favoured-rate.js';
import { pairedDifference } from './paired-differences.js';
import { endLoss, heldOutLoss, RATE_SPACING_DECADES, VERIFICATION_SEEDS } from './try-rates.js';

/** What follows from the trainings. */
export type VerifiedRate = Pick<Verification, 'learningRate' | 'low' | 'high' | 'verdict' | 'cost' | 'trend'>;

/** How far the rate for a longer training follows the trend: a share of it, and at most a decade in tenfold steps. */
const FOLLOWED_TREND = { share: 0.7, most: -1 } as const;

/** Beyond tenfold steps trials say little, and the rate falls by so many decades for each further tenfold. */
const FALL_BEYOND_TENFOLD = 0.1;

/** Seeds that every rate has. */
const COMMON_SEEDS = 2;

/** The interval reaches at least this far, and further for each tenfold of steps that the user's training is longer. */
const LEAST_REACH_DECADES = { now: 0.6, longer: 0.1 } as const;

/**
 * Bounds of the verdict: the standard error, in descents, and how often the user's training is longer than those that were tried.
 * It is sure only where both neighbours are clearly worse, because where the losses are level, a better rate may lie further off, and
 * where the length of the user's training is known, because a model may overfit in a longer one.
 */
const SURE = { noise: 0.06, longer: 3, clear: { noise: 2, descent: 0.02 } } as const;
const FAIR = { noise: 0.15, longer: 10 } as const;

/**
 * The rate that short trainings favour: the lowest point of the parabola through the best rate and its neighbours, so that a
 * rate next to the cliff counts for less. The interval holds the rates that are not worse by more than the noise of the seeds.
 *
 * Where longer trainings favour lower rates, as they do once a model overfits, the rate for a training that is longer still is
 * lowered by 0.7 of that trend, up to tenfold steps. Where they favour higher rates, it stays: a rate that is too high costs more.
 * Beyond tenfold, the plain answer counts more and more: its weight is 1 − 1/d², where d is log10(target / length), since the
 * trials then say less than the optimizer's usual rate does.
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
  const start = meanStart(tried.flatMap(({ trainings }) => trainings));
  if (whole.length === 0) return null;
  const rates = whole.map(({ rate }) => rate);
  const { best, lowest, levels, noise, isAsGood } = favouredRate(
    whole.map(({ trainings }) => trainings.map(endLoss)),
    start,
    rates.map((rate) => Math.abs(Math.log(rate / plain))),
  );
  if (!Number.isFinite(levels[best])) return null;
  let [low, high] = [best, best];
  while (low > 0 && isAsGood(low - 1)) low--;
  while (high < rates.length - 1 && isAsGood(high + 1)) high++;
  const trend = trendOf(tried, start);
  const longer = target === null ? 0 : Math.max(0, Math.log10(target / length));
  const followed = FOLLOWED_TREND.share * Math.min(0, Math.max(FOLLOWED_TREND.most, trend)) * Math.min(1, longer);
  // Where the noise hides which rate is lowest, a parabola would follow the noise.
  const favoured = best === lowest ? lowestPoint(rates.map(Math.log10), levels).at : Math.log10(rates[best] as number);
  const beyond = Math.max(0, longer - 1);
  const weight = 1 / square(Math.max(1, longer));
  const answer = weight * (favoured + followed) + (1 - weight) * Math.log10(plain) - FALL_BEYOND_TENFOLD * beyond;
  const moved = answer - favoured;
  const half = RATE_SPACING_DECADES / 2;
  const reach = LEAST_REACH_DECADES.now + LEAST_REACH_DECADES.longer * longer;
  const descent = Math.abs(start - (levels[best] as number));
  const within = (bounds: typeof SURE | typeof FAIR) =>
    noise <= bounds.noise * descent && longer <= Math.log10(bounds.longer);
  const isEdge = best === 0 || best === rates.length - 1;
  const clear = Math.max(SURE.clear.noise * noise, SURE.clear.descent * descent);
  const isClear = (i: number) => (levels[i] as number) - (levels[best] as number) >= clear;
  const isSure = target !== null && within(SURE) && isClear(best - 1) && isClear(best + 1);
  return {
    learningRate: roundToFloat32(10 ** answer),
    low: roundToFloat32(10 ** Math.min(Math.log10(rates[low] as number) - half + moved, answer - reach)),
    high: roundToFloat32(10 ** Math.max(Math.log10(rates[high] as number) + half + moved, answer + reach)),
    verdict: isEdge || !within(FAIR) ? 'unsure' : isSure ? 'sure' : 'fair',
    cost: costOf(tried, plain, rates[best] as number),
    trend: roundToFloat32(trend),
  };
}

/** How far the plain answer is behind the best rate, where both were last evaluated; null where they are the same, or not comparable. */
function costOf(tried: readonly TriedRate[], plain: number, best: number): Verification['cost'] {
  if (plain === best) return null;
  const trainings = [plain, best].map((rate) => tried.find((each) => each.rate === rate)?.trainings ?? []);
  const ends = trainings
    .flat()
    .map(({ evaluations, outcome }) =>
      outcome === 'diverged' ? Number.POSITIVE_INFINITY : (evaluations.at(-1)?.step ?? 0),
    );
  const step = Math.min(...ends);
  if (!Number.isFinite(step)) return null;
  const seeds = Math.min(...trainings.map(({ length }) => length));
  const [behind, before] = trainings.map((each) =>
    each
      .slice(0, seeds)
      .map((training) =>
        Math.min(
          lossAtStep(training, step) ?? Number.POSITIVE_INFINITY,
          training.start?.loss ?? Number.POSITIVE_INFINITY,
        ),
      ),
  ) as [number[], number[]];
  // Trainings that are ended early have two seeds, and cost far more then or are not reported.
  const difference = pairedDifference(behind, before, 2);
  return Number.isFinite(difference.difference) ? { ...difference, step } : null;
}

/** Whether a training was not ended early for the sake of other rates. */
function isWhole({ outcome }: TrialTraining): boolean {
  return outcome !== 'pruned';
}

/** By how many decades the best rate moves as trainings become ten times as long: a line through the best after each stage. */
function trendOf(tried: readonly TriedRate[], start: number): number {
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
    const levels = cappedMeans(
      after.map(({ losses }) => losses),
      start,
    );
    const { at, isInterior } = lowestPoint(
      after.map(({ rate }) => Math.log10(rate)),
      levels,
    );
    return isInterior ? [[Math.log10(step), at]] : [];
  });
  if (points.length < 2) return 0;
  const [x, y] = [mean(points.map(([each]) => each)), mean(points.map(([, each]) => each))];
  const spread = points.reduce((sum, [each]) => sum + square(each - x), 0);
  return points.reduce((sum, [at, rate]) => sum + (at - x) * (rate - y), 0) / spread;
}

/** The validation loss after a step: +∞ once it has diverged, undefined if it was not measured. */
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
