import type { Verification } from '@lrfind/core/results';
import { RATE_SPACING_DECADES, triedSensitivity, tryRates, verificationSteps, verifiedRate } from '@lrfind/core/study';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import type { TryEvent } from '../options.js';
import { inProcessTrials } from './in-process.js';
import { scheduleOf } from './learning-rate.js';

/** Rates are tried up to this many decades below and above the answer of the sweeps. */
const REACH_DECADES = 3;

/** What is verified, and how. */
export interface VerifyOptions {
  /** The answer of the sweeps. */
  readonly plain: number;
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
  { plain, length, target, batchSize, seed, onTry, signal }: VerifyOptions,
): Promise<Verification | null> {
  const each = Math.round(REACH_DECADES / RATE_SPACING_DECADES);
  const rates = Array.from({ length: 2 * each + 1 }, (_, i) => plain * 10 ** ((i - each) * RATE_SPACING_DECADES));
  const evaluateAt = verificationSteps(length);
  const { trials, executor } = inProcessTrials(
    rates.map((rate) => ({
      name: String(rate),
      session,
      optimizer,
      batchSize,
      learningRate: rate,
      callbacks: [],
      evaluateAt,
      ...scheduleOf(rate, length),
      suggestion: null,
    })),
    1,
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
  const verified = verifiedRate(tried, plain, length, target);
  return (
    verified && { ...verified, plain, tried, length, target, sensitivity: triedSensitivity(tried), steps, seconds }
  );
}
