import type { Verification } from '@lrfind/core/results';
import {
  RATE_SPACING_DECADES,
  tryRates,
  VERIFICATION_SEEDS,
  verificationSteps,
  verifiedRate,
} from '@lrfind/core/study';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import type { TryEvent } from '../options.js';
import { trialsBySeed } from './held-out-by-seed.js';
import { scheduleOf } from './learning-rate.js';
import { measureGain } from './measure-gain.js';

/** Rates are tried up to this many decades below and above the answer of the sweeps. */
const REACH_DECADES = 3;

/**
 * What the trainings may cost by default, in times the steps of the sweeps: longer ones where a trend is to be seen, and where a
 * model with weights may overfit in a longer training.
 */
const TIMES_THE_SWEEPS = { unknownLength: 1.5, knownLength: 2.4, withWeights: 3 } as const;

/** The shortest trainings that say something. */
const LEAST_STEPS = 600;

/** What the sweeps took. */
export interface SweepCost {
  readonly steps: number;
  /** Wall time. */
  readonly seconds: number;
}

/**
 * How many training steps all trainings together may take.
 *
 * @param budget `true` for the default, a number of steps, or seconds such as `20s`, which become steps by the pace of the sweeps
 * @param target steps of the training that the rate is for; null where it is not known
 * @param hasWeights whether the model comes with weights
 */
export function verificationBudget(
  budget: boolean | number | string,
  target: number | null,
  sweeps: SweepCost,
  hasWeights = false,
): number {
  if (typeof budget === 'number') return budget;
  if (typeof budget === 'string') return (Number.parseFloat(budget) * sweeps.steps) / sweeps.seconds;
  const { unknownLength, knownLength, withWeights } = TIMES_THE_SWEEPS;
  const times = target === null ? unknownLength : hasWeights ? withWeights : knownLength;
  return Math.max(LEAST_STEPS, sweeps.steps * times);
}

/** What is verified, and how. */
export interface VerifyOptions {
  /** The answer of the sweeps; null where they have none. */
  readonly plain: number | null;
  /** The rate around which to try others where the sweeps have no answer. */
  readonly first: number;
  /** Whether the model comes with weights, which may leave nothing to gain. */
  readonly hasWeights: boolean;
  /** Steps of the longest trainings. */
  readonly length: number;
  /** Steps of the training that the rate is for; null where it is not known. */
  readonly target: number | null;
  readonly batchSize: number;
  /** The first seed. */
  readonly seed: number;
  /** Called after each evaluation of a training. */
  readonly onTry?: ((event: TryEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries an answer: trains at constant rates around it, on equal terms, and judges them by the session's held-out rows.
 *
 * @returns null when every training diverged
 * @throws the signal's reason when it is aborted
 */
export async function verify(
  session: Session,
  optimizer: ModelOptimizer,
  { plain, first, hasWeights, length, target, batchSize, seed, onTry, signal }: VerifyOptions,
): Promise<Verification | null> {
  const centre = plain ?? first;
  const each = Math.round(REACH_DECADES / RATE_SPACING_DECADES);
  const rates = Array.from({ length: 2 * each + 1 }, (_, i) => centre * 10 ** ((i - each) * RATE_SPACING_DECADES));
  const evaluateAt = verificationSteps(length);
  const { trials, executor } = trialsBySeed(
    rates.map((rate) => ({
      name: String(rate),
      optimizer,
      batchSize,
      learningRate: rate,
      callbacks: [],
      evaluateAt,
      ...scheduleOf(rate, length),
      suggestion: null,
    })),
    session,
    { seed, seeds: VERIFICATION_SEEDS },
  );
  const { tried, steps, seconds } = await tryRates({
    trials: trials.map((trial, i) => ({ ...trial, rate: rates[i] as number })),
    plain: each,
    seed,
    executor,
    completed: [],
    onEvaluation: (trial, of, { step }) => onTry?.({ rate: Number(trial), seed: of, step, length }),
    signal,
  });
  const verified = verifiedRate(tried, centre, length, target);
  if (!verified) return null;
  const common = { ...verified, plain, ...(plain === null && { cost: null }), tried, length, target };
  if (!hasWeights) return { ...common, steps, seconds };
  const { gain, ...spent } = await measureGain(session, optimizer, { tried, length, batchSize, seed, signal });
  return { ...common, gain, steps: steps + spent.steps, seconds: seconds + spent.seconds };
}
