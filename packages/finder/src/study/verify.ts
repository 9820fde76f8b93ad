import { roundToFloat32 } from '@lrfind/core';
import type { Verification } from '@lrfind/core/results';
import type { PeakSchedule, ScheduleConfig } from '@lrfind/core/schedules';
import {
  RATE_SPACING_DECADES,
  stepsOfWholeSchedules,
  triedSensitivity,
  tryRates,
  VERIFICATION_SEEDS,
  verificationCost,
  verificationLength,
  verificationSteps,
  verifiedRate,
  wholeSchedules,
} from '@lrfind/core/study';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import type { TryEvent } from '../options.js';
import { trialsBySeed } from './held-out-by-seed.js';
import { type SweepCost, scheduleOf } from './learning-rate.js';
import { measureGain } from './measure-gain.js';

/** Rates are tried up to this many decades below and above the answer of the sweeps. */
const REACH_DECADES = 3;

/**
 * What the trainings may cost by default, in times the steps of the sweeps: more where a trend is to be seen, where a model with
 * weights may overfit in a longer training, and where each evaluation needs a training of its own.
 */
const TIMES_THE_SWEEPS = { unknownLength: 1.35, knownLength: 2.4, withWeights: 3, wholeSchedules: 3 } as const;

/** The length below which trainings say little, as measured on the tasks that rules are made from: the default is no shorter. */
const LEAST_LENGTH = 100;

/** About how many steps the trials of an answer take by default, for each step of the sweeps. */
export const STEPS_OF_TRIALS = TIMES_THE_SWEEPS.unknownLength;

/**
 * The length of the longest trainings.
 *
 * @param budget `true` for the default, a number of steps for all trainings together, or seconds such as `20s`, which become steps
 *   by the pace of the sweeps
 * @param target steps of the training that the rate is for; null where it is not known
 * @param what `isWhole`: whole schedules are tried, so that each evaluation needs a training of its own; `hasWeights`: the model
 *   comes with weights
 */
export function lengthToTry(
  budget: boolean | number | string,
  target: number | null,
  sweeps: SweepCost,
  { isWhole, hasWeights }: { readonly isWhole: boolean; readonly hasWeights: boolean },
): number {
  const { unknownLength, knownLength, withWeights, wholeSchedules } = TIMES_THE_SWEEPS;
  const known = hasWeights ? withWeights : knownLength;
  const times = isWhole ? wholeSchedules : target === null ? unknownLength : known;
  const length =
    typeof budget === 'number'
      ? verificationLength(budget, isWhole)
      : typeof budget === 'string'
        ? verificationLength((Number.parseFloat(budget) * sweeps.steps) / sweeps.seconds, isWhole)
        : Math.max(LEAST_LENGTH, verificationLength(times * sweeps.steps, isWhole));
  return Math.min(target ?? length, length);
}

/** Enough validation rows for the trials, since each seed holds out rows of its own. */
const MOST_HELD_OUT_BY_SEED = 512;

/** Rates are tried on a fifth of the rows, or fewer where that many say enough or a batch needs the others. */
export function heldOutShare(rows: number, batchSize: number): number {
  return Math.max(0, Math.min(0.2, MOST_HELD_OUT_BY_SEED / rows, (rows - batchSize) / rows));
}

/** What is verified, and how. */
export interface VerifyOptions {
  /** The answer of the sweeps; null where they have none. */
  readonly plain: number | null;
  /** The rate around which others are tried first. */
  readonly around: number;
  /** Steps of the longest trainings. */
  readonly length: number;
  /** Steps of the training that the rate is for; null where it is not known. */
  readonly target: number | null;
  /** The schedule whose peak is tried. Default: constant rates. */
  readonly schedule?: PeakSchedule | undefined;
  readonly batchSize: number;
  /** The first seed. */
  readonly seed: number;
  /** Called after each evaluation of a training. */
  readonly onTry?: ((event: TryEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries an answer: trains at constant rates around it, or along a schedule with these rates as its peak, on equal terms, and
 * judges them by the session's validation rows.
 *
 * @returns null when every training diverged
 * @throws the signal's reason when it is aborted
 */
export async function verify(
  session: Session,
  optimizer: ModelOptimizer,
  { plain, around, length, target, schedule, batchSize, seed, onTry, signal }: VerifyOptions,
): Promise<Verification | null> {
  const base = plain ?? around;
  const each = Math.round(REACH_DECADES / RATE_SPACING_DECADES);
  const rates = Array.from({ length: 2 * each + 1 }, (_, i) =>
    i === each ? base : roundToFloat32(base * 10 ** ((i - each) * RATE_SPACING_DECADES)),
  );
  const evaluateAt = verificationSteps(length);
  // A constant rate is the same however long it is held, so its trainings may pause and go on.
  const along =
    schedule && !schedule.isConstant
      ? (rate: number, steps: number) => schedule.compressed(rate, target ?? length, steps)
      : undefined;
  const { trials, executor } = trialsBySeed(
    rates.map((rate) => ({
      name: String(rate),
      optimizer,
      batchSize,
      learningRate: rate,
      callbacks: [],
      evaluateAt,
      ...scheduleOf(along ? along(rate, length) : rate, length),
      suggestion: null,
    })),
    session,
    { seed, seeds: VERIFICATION_SEEDS, calls: verificationCost(length, along !== undefined) },
  );
  const clock = performance.now();
  const { tried, steps } = await tryRates({
    trials: trials.map((trial, i) => ({ ...trial, rate: rates[i] as number })),
    plain: each,
    centre: Math.min(Math.max(each + Math.round(Math.log10(around / base) / RATE_SPACING_DECADES), 0), 2 * each),
    seed,
    executor: along
      ? wholeSchedules(executor, (trial, steps) => along(Number(trial), steps).config as ScheduleConfig)
      : executor,
    onEvaluation: (trial, seed, { step, validation }) =>
      onTry?.({
        rate: Number(trial),
        seed,
        step,
        length,
        loss: validation?.loss ?? null,
        ...(schedule && { schedule: schedule.text }),
      }),
    signal,
  });
  const seconds = (performance.now() - clock) / 1000;
  const verified = verifiedRate(tried, base, length, target);
  if (!verified) return null;
  const taken = along ? stepsOfWholeSchedules(tried.flatMap(({ trainings }) => trainings)) : steps;
  const common = {
    ...(schedule && { schedule: schedule.text }),
    ...verified,
    plain,
    ...(plain === null && { cost: null }),
    tried,
    length,
    target,
    sensitivity: triedSensitivity(tried),
  };
  if (!session.hasWeights || along) return { ...common, steps: taken, seconds };
  const { gain, ...spent } = await measureGain(session, optimizer, { tried, length, batchSize, seed, signal });
  const verdict = gain?.verdict === 'unknown' ? 'unsure' : verified.verdict;
  return { ...common, verdict, gain, steps: taken + spent.steps, seconds: seconds + spent.seconds };
}
