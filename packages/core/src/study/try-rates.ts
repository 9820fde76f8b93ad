import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { TriedRate } from '../results/verification.js';
import { settled } from '../settled.js';
import { favouredRate, meanStart } from './favoured-rate.js';
import {
  advance,
  notStarted,
  type PartRunner,
  stepsTaken,
  type TrainingProgress,
  type Trial,
} from './training-progress.js';

/**
 * Neighbouring rates of the trials differ by this much. Half a decade is wide enough that most differences exceed the noise of
 * the seeds, and the parabola through three of them finds the rate in between.
 */
export const RATE_SPACING_DECADES = 0.5;

/**
 * The stages: how many of the three evaluations they go on for, with how many seeds, and at which rates around the best of the
 * stage before. A short training favours higher rates than a long one, so each stage only finds the neighbourhood for the next.
 */
const STAGES = [
  { evaluations: 1, seeds: 2, around: [-2, -1, 0, 1], extensions: 4 },
  { evaluations: 2, seeds: 2, around: [-1, 0, 1], extensions: 2 },
  { evaluations: 3, seeds: 3, around: [-1, 0, 1], extensions: 2 },
] as const;

/** The evaluations of a training, as shares of its length. */
const EVALUATED_AT = [1 / 3, 2 / 3, 1];

/** Seeds of the trainings of a rate. */
export const VERIFICATION_SEEDS = Math.max(...STAGES.map(({ seeds }) => seeds));

/** What the stages cost, in steps for each step of the longest training: the mean over the tasks that rules are made from. */
const COST_IN_LENGTHS = 9;

/** No rate is tried beyond the range of its stage where that would cost more than this, in the same unit. */
const MOST_COST_IN_LENGTHS = 11.5;

/** The same where each evaluation needs a training of its own. */
const COST_OF_WHOLE_SCHEDULES = 20;

/**
 * The length of the longest trainings that a number of steps allows for, at least 1.
 *
 * @param isWhole whether each evaluation needs a training of its own, along a whole schedule
 */
export function verificationLength(steps: number, isWhole = false): number {
  return Math.max(1, Math.round(steps / (isWhole ? COST_OF_WHOLE_SCHEDULES : COST_IN_LENGTHS)));
}

/** About how many steps all trainings take whose longest ones have a length; the inverse of {@link verificationLength}. */
export function verificationCost(length: number, isWhole = false): number {
  return length * (isWhole ? COST_OF_WHOLE_SCHEDULES : COST_IN_LENGTHS);
}

/** Steps after which trainings of a length are evaluated. */
export function verificationSteps(length: number): number[] {
  return [...new Set(EVALUATED_AT.map((share) => Math.max(1, Math.round(share * length))))];
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
}

/**
 * Trains at constant rates around an answer: first short and over a wide range, then longer and close to the best. The rates of a
 * stage are extended until the best one has neighbours on both sides, within limits.
 *
 * @throws the signal's reason when it is aborted; any error of the executor
 */
export async function tryRates(plan: TryPlan): Promise<TriedRates> {
  const { trials, seed } = plan;
  const evaluateAt = trials[0]?.evaluateAt ?? [];
  const most = MOST_COST_IN_LENGTHS * (evaluateAt.at(-1) ?? 0);
  const progress = new Map<number, TrainingProgress[]>();
  const spent = (trainings: readonly TrainingProgress[]) =>
    trainings.reduce((sum, { training }) => sum + stepsTaken(training), 0);
  const run = async (at: number, seeds: number, until: number): Promise<number[]> => {
    const own = progress.get(at) ?? Array.from({ length: VERIFICATION_SEEDS }, (_, i) => notStarted(seed + i));
    progress.set(at, own);
    await settled(own.slice(0, seeds).map((each) => advance(plan, trials[at] as Trial, each, until)));
    const lossOf = until === evaluateAt.length ? endLoss : lossAfter(until);
    return own.slice(0, seeds).map(({ training }) => lossOf(training));
  };
  let centre = plan.centre ?? plan.plain;
  for (const [i, { evaluations, seeds, around, extensions }] of STAGES.entries()) {
    // Where the length is a few steps, there are fewer evaluations, and the last stage still goes on to the last.
    const until = i === STAGES.length - 1 ? evaluateAt.length : Math.min(evaluations, evaluateAt.length);
    let rates: number[] = around.map((offset) => centre + offset).filter((at) => at >= 0 && at < trials.length);
    const losses = new Map<number, number[]>();
    for (let extended = 0; ; extended++) {
      const missing = rates.filter((at) => !losses.has(at));
      const found = await settled(missing.map((at) => run(at, seeds, until)));
      for (const [k, at] of missing.entries()) losses.set(at, found[k] as number[]);
      const { best } = favouredRate(
        rates.map((at) => losses.get(at) as number[]),
        meanStart([...progress.values()].flat().map(({ training }) => training)),
        rates.map((at) => Math.abs(at - plan.plain)),
      );
      centre = rates[best] as number;
      const beyond = best === 0 ? centre - 1 : best === rates.length - 1 ? centre + 1 : -1;
      if (beyond < 0 || beyond >= trials.length || extended === extensions) break;
      const cost = seeds * (evaluateAt[until - 1] as number) - spent(progress.get(beyond) ?? []);
      if (spent([...progress.values()].flat()) + cost > most) break;
      rates = [...rates, beyond].toSorted((a, b) => a - b);
    }
  }
  // So that what the plain answer would have cost is known where the search began elsewhere.
  if (!progress.has(plan.plain)) await run(plan.plain, STAGES[0].seeds, STAGES[0].evaluations);
  const all = [...progress].toSorted(([a], [b]) => a - b);
  const started = all.map(([at, each]) => [at, each.filter(hasStarted)] as const);
  const trainings = started.flatMap(([, each]) => each);
  return {
    tried: started.map(([at, each]) => ({
      rate: (trials[at] as TryPlan['trials'][number]).rate,
      trainings: each.map(({ training, state }) => ended(training, state !== null)),
    })),
    steps: spent(trainings),
  };
}

function hasStarted({ training }: TrainingProgress): boolean {
  return stepsTaken(training) > 0 || training.divergedAt !== null;
}

function ended(training: TrialTraining, paused: boolean): TrialTraining {
  return paused && training.outcome === 'finished' ? { ...training, outcome: 'pruned' } : training;
}

/** The validation loss of an evaluation; +∞ if it was not finite, or the training diverged before. */
export function heldOutLoss(evaluation: Evaluation | undefined): number {
  return evaluation?.validation?.loss ?? Number.POSITIVE_INFINITY;
}

function lossAfter(evaluations: number): (training: TrialTraining) => number {
  return (training) => heldOutLoss(training.evaluations[evaluations - 1]);
}

/** What the evaluation before the last counts, where there is one. */
const BEFORE_LAST = 1 / 3;

/**
 * What a whole training counts as: the validation loss at its end, and a third of the one before. At a rate that is nearly too
 * high the loss goes up and down, and one value alone may be a lucky one. +∞ of a training that diverged.
 */
export function endLoss({ outcome, evaluations }: TrialTraining): number {
  if (outcome === 'diverged') return Number.POSITIVE_INFINITY;
  const [last, before] = [evaluations.at(-1), evaluations.at(-2)].map(heldOutLoss) as [number, number];
  return evaluations.length < 2 ? last : (1 - BEFORE_LAST) * last + BEFORE_LAST * before;
}
