import { roundToFloat32 } from '../float32.js';
import { rateText } from '../format.js';
import type { NeighbourCost, Sensitivity } from '../results/sensitivity.js';
import type { Verification } from '../results/verification.js';
import { least, mean, square, studentT } from '../statistics.js';
import { heldOutLoss } from './try-rates.js';

/** Distance from the best rate at which costs are given, in decades. */
const DISTANCE = 0.5;

/** Rates at these distances stand for one at {@link DISTANCE}. */
const [NEAREST, FURTHEST] = [0.4, 1.05];

/** A rate and the losses of its trainings, by seed. */
export interface TrainedRate {
  readonly rate: number;
  /** In the order of the seeds; +∞ where a training diverged. */
  readonly losses: readonly number[];
}

/**
 * What rates about half a decade beside the best one cost, as shares of the descent from the start to the best rate's mean loss. A
 * loss counts at most as much as the one before the first step of its seed, so that a cost is at most about 1 (Wortsman et al.,
 * arXiv 2309.14322, cap it so too).
 *
 * The 95 % interval takes the noise from all given rates between the two neighbours: what is left of their losses without
 * the mean of each rate and of each seed. With few seeds that is steadier than the differences of two rates alone.
 *
 * @param trained constant rates, rising, all with the same seeds, in number at least one
 * @param starts losses before the first step, by seed
 * @param step steps of the trainings
 * @returns null where no rate lowers the loss, or the best one has no rate near half a decade on either side
 */
export function sensitivityOf(
  trained: readonly TrainedRate[],
  starts: readonly number[],
  step: number,
): Sensitivity | null {
  const losses = trained.map((each) => each.losses.map((loss, seed) => Math.min(loss, starts[seed] as number)));
  const levels = losses.map(mean);
  const best = levels.indexOf(least(levels));
  const descent = mean(starts) - (levels[best] ?? Number.NaN);
  if (!(descent > 0) || !Number.isFinite(descent)) return null;
  const distance = (i: number) =>
    roundToFloat32(Math.abs(Math.log10((trained[i]?.rate as number) / (trained[best]?.rate as number))));
  const nearest = (candidates: readonly number[]) =>
    candidates
      .filter((i) => distance(i) >= NEAREST && distance(i) <= FURTHEST)
      .toSorted((a, b) => Math.abs(distance(a) - DISTANCE) - Math.abs(distance(b) - DISTANCE))[0];
  const all = trained.map((_, i) => i);
  const below = nearest(all.slice(0, best));
  const above = nearest(all.slice(best + 1));
  if (below === undefined && above === undefined) return null;
  const half = halfInterval(losses.slice(below ?? best, (above ?? best) + 1));
  const cost = (i: number | undefined): NeighbourCost | null => {
    if (i === undefined) return null;
    const share = ((levels[i] as number) - (levels[best] as number)) / descent;
    const [low, high] = half === null ? [null, null] : [share - half / descent, share + half / descent];
    return { rate: trained[i]?.rate as number, decades: distance(i), share, low, high };
  };
  return { best: trained[best]?.rate as number, lower: cost(below), higher: cost(above), step };
}

/** Half the 95 % interval of the difference between two rates' mean losses; null with one seed. */
function halfInterval(losses: readonly (readonly number[])[]): number | null {
  const [rates, seeds] = [losses.length, losses[0]?.length ?? 0];
  if (seeds < 2) return null;
  const ofRates = losses.map(mean);
  const ofSeeds = Array.from({ length: seeds }, (_, seed) => mean(losses.map((each) => each[seed] as number)));
  const whole = mean(ofRates);
  const squares = losses.flatMap((each, i) =>
    each.map((loss, seed) => square(loss - (ofRates[i] as number) - (ofSeeds[seed] as number) + whole)),
  );
  const freedom = (rates - 1) * (seeds - 1);
  const variance = squares.reduce((sum, square) => sum + square, 0) / freedom;
  return studentT(freedom) * Math.sqrt((2 * variance) / seeds);
}

/**
 * The sensitivity from the trainings of a verification: after the latest step at which a side of the best rate is known, or up to
 * half of it earlier if both are known there. Short trainings ask for higher rates, and say less of the long one.
 *
 * @param tried rising
 */
export function triedSensitivity(tried: Verification['tried']): Sensitivity | null {
  const steps = new Set(
    tried.flatMap(({ trainings }) => trainings.flatMap(({ evaluations }) => evaluations.map(({ step }) => step))),
  );
  const found = [...steps].toSorted((a, b) => b - a).flatMap((step) => afterStep(tried, step) ?? []);
  const latest = found[0]?.step ?? 0;
  return found.find(({ lower, higher, step }) => lower && higher && step >= latest / 2) ?? found[0] ?? null;
}

function afterStep(tried: Verification['tried'], step: number): Sensitivity | null {
  const reached = tried.map(({ rate, trainings }) => ({
    rate,
    losses: trainings.flatMap(({ evaluations, divergedAt }) => {
      const evaluation = evaluations.find((each) => each.step === step);
      if (evaluation) return [heldOutLoss(evaluation)];
      return divergedAt !== null && divergedAt < step ? [Number.POSITIVE_INFINITY] : [];
    }),
  }));
  const seeds = Math.min(...reached.map(({ losses }) => losses.length).filter((count) => count > 0));
  const starts = tried[0]?.trainings.map(({ start }) => start?.loss ?? Number.NaN) ?? [];
  const trained = reached
    .filter(({ losses }) => losses.length > 0)
    .map(({ rate, losses }) => ({ rate, losses: losses.slice(0, seeds) }));
  return trained.length === 0 ? null : sensitivityOf(trained, starts.slice(0, seeds), step);
}

/**
 * The sensitivity in a sentence: `Half a decade above the best rate costs 3 % of the descent (1 to 5 %), half a decade below it 10 %
 * (8 to 12 %).`
 */
export function sensitivityText({ lower, higher, step }: Sensitivity, of = 'the best rate'): string {
  const costs = [
    higher && `${distanceText(higher)} above ${of} costs ${costText(higher)} of the descent${intervalText(higher)}`,
    lower &&
      (higher
        ? `${distanceText(lower)} below it ${costText(lower)}${intervalText(lower)}`
        : `${distanceText(lower)} below ${of} costs ${costText(lower)} of the descent${intervalText(lower)}`),
  ].filter((text) => text !== null);
  const text = `${costs.join(', ')}, after ${step} steps.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function distanceText({ decades }: NeighbourCost): string {
  return Math.abs(decades - DISTANCE) < 0.05
    ? 'half a decade'
    : Math.abs(decades - 1) < 0.005
      ? 'a decade'
      : `${rateText(decades, 2)} decades`;
}

function costText({ share }: NeighbourCost): string {
  return share >= ALL ? 'all' : `${percent(share)} %`;
}

function intervalText({ share, low, high }: NeighbourCost): string {
  return low === null || high === null || share >= ALL ? '' : ` (${percent(low)} to ${percent(high)} %)`;
}

/** A share that rounds to the whole descent. */
const ALL = 0.97;

function percent(share: number): string {
  const whole = Math.round(100 * share);
  return whole < 0 ? `−${-whole}` : String(whole + 0);
}
