import type { Evaluation } from '../results/training.js';
import type { TriedRate } from '../results/verification.js';
import { mean, median } from '../statistics.js';
import {
  advance,
  notStarted,
  type PartRunner,
  stepsTaken,
  type TrainingProgress,
  type Trial,
} from './training-progress.js';

/** Neighbouring rates of the trials differ by this much. */
export const RATE_SPACING_DECADES = 0.25;

/**
 * The stages: the share of the whole length, how many seeds, and how many trials apart the rates are. A short training
 * favours higher rates than a long one, so each stage only finds the neighbourhood for the next.
 */
const STAGES = [
  { share: 0.25, seeds: 2, apart: 2, around: [-4, -2, 0, 2] },
  { share: 0.5, seeds: 2, apart: 1, around: [-2, -1, 0, 1, 2] },
  { share: 1, seeds: 3, apart: 1, around: [-1, 0, 1] },
] as const;

/** Seeds of the trainings of a rate. */
export const VERIFICATION_SEEDS = Math.max(...STAGES.map(({ seeds }) => seeds));

/** A rate that would be the lowest or highest of its stage is tried beyond, at most this many times. */
const MOST_EXTENSIONS = 6;

/** Steps after which trainings of a length are evaluated: the ends of the stages. */
export function verificationSteps(length: number): number[] {
  return [...new Set(STAGES.map(({ share }) => Math.max(1, Math.round(share * length))))];
}

/** The trials at rates around an answer, and how to run them. */
export interface TryPlan extends PartRunner {
  /** Constant rates, rising by {@link RATE_SPACING_DECADES}; each evaluated after `verificationSteps(length)`. */
  readonly trials: readonly (Trial & { readonly rate: number })[];
  /** Index of the trial with the plain answer. */
  readonly plain: number;
  /** Index of the trial around which the first stage tries others. Default: that of the plain answer. */
  readonly centre?: number | undefined;
  /** The first seed. */
  readonly seed: number;
}

/** What was tried. */
export interface TriedRates {
  /** Rising. */
  readonly tried: TriedRate[];
  readonly steps: number;
  readonly seconds: number;
}

/**
 * Trains at constant rates around an answer: first short and far apart, then longer and close to the best. The rates of a
 * stage are extended until the best one has neighbours on both sides. The plain answer is trained to the end in any case, so that
 * what it would have cost is known.
 *
 * @throws the signal's reason when it is aborted; any error of the executor
 */
export async function tryRates(plan: TryPlan): Promise<TriedRates> {
  const { trials, seed } = plan;
  const lengths = trials[0]?.evaluateAt.length ?? 0;
  const progress = new Map<number, TrainingProgress[]>();
  const run = async (at: number, seeds: number, until: number): Promise<TrainingProgress[]> => {
    const own = progress.get(at) ?? Array.from({ length: VERIFICATION_SEEDS }, (_, i) => notStarted(seed + i));
    progress.set(at, own);
    for (const each of own.slice(0, seeds)) await advance(plan, trials[at] as Trial, each, until);
    return own.slice(0, seeds);
  };
  let centre = plan.centre ?? plan.plain;
  for (const [i, { seeds, apart, around }] of STAGES.entries()) {
    // Where the length is a few steps, stages end together.
    const until = Math.max(1, lengths - (STAGES.length - 1 - i));
    let rates = around.map((offset) => centre + offset).filter((at) => at >= 0 && at < trials.length);
    for (let extended = 0; extended <= MOST_EXTENSIONS; extended++) {
      const losses: number[][] = [];
      for (const at of rates)
        losses.push((await run(at, seeds, until)).map(({ training }) => heldOutLoss(training.evaluations[until - 1])));
      const levels = cappedMeans(losses);
      const best = levels.indexOf(Math.min(...levels));
      centre = rates[best] as number;
      const beyond = best === 0 ? centre - apart : best === rates.length - 1 ? centre + apart : -1;
      if (beyond < 0 || beyond >= trials.length) break;
      rates = [...rates, beyond].toSorted((a, b) => a - b);
    }
  }
  await run(plan.plain, VERIFICATION_SEEDS, lengths);
  const all = [...progress].toSorted(([a], [b]) => a - b);
  const started = all.map(([at, each]) => [at, each.filter(hasStarted)] as const);
  const trainings = started.flatMap(([, each]) => each);
  return {
    tried: started.map(([at, each]) => ({
      rate: (trials[at] as TryPlan['trials'][number]).rate,
      trainings: each.map(({ training, state }) => ended(training, state !== null)),
    })),
    steps: trainings.reduce((sum, { training }) => sum + stepsTaken(training), 0),
    seconds: trainings.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function hasStarted({ training }: TrainingProgress): boolean {
  return stepsTaken(training) > 0 || training.divergedAt !== null;
}

function ended(training: TrainingProgress['training'], paused: boolean): TrainingProgress['training'] {
  return paused && training.outcome === 'finished' ? { ...training, outcome: 'pruned' } : training;
}

/** The held-out loss of an evaluation; +∞ if it was not finite, or the training diverged before. */
export function heldOutLoss(evaluation: Evaluation | undefined): number {
  return evaluation?.validation?.loss ?? Number.POSITIVE_INFINITY;
}

/** How far above the lowest loss others count, in distances of the median from it. */
const MOST_ABOVE_LEAST = 10;

/**
 * The mean over seeds of the losses at each rate. A loss counts at most ten times as far above the lowest as the median is:
 * that it has exploded is informative, but its height is not.
 *
 * @param losses of each rate, by seed; +∞ where a training diverged
 */
export function cappedMeans(losses: readonly (readonly number[])[]): number[] {
  const finite = losses.flat().filter(Number.isFinite);
  if (finite.length === 0) return losses.map(() => Number.POSITIVE_INFINITY);
  const least = Math.min(...finite);
  const cap = least + MOST_ABOVE_LEAST * (median(finite) - least);
  return losses.map((each) => mean(each.map((loss) => Math.min(loss, cap))));
}
