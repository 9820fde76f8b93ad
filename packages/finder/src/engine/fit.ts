import type { Evaluation, Measures, Training } from '@lrfind/core/results';
import type { Schedule } from '@lrfind/core/schedules';
import { evaluationSteps } from '@lrfind/core/study';
import { allFinite } from '../model/weights.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import { callbackHooks, type FitCallback } from './callback-hooks.js';
import type { Session } from './session.js';
import { runTraining } from './training-loop.js';

/** How a model is trained once. */
export interface FitOptions {
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly callbacks: readonly FitCallback[];
  readonly onEpoch: ((evaluation: Evaluation) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What was measured. */
export interface FitOutcome {
  readonly training: Training;
  /** Of every step; null where it was not finite. */
  readonly losses: (number | null)[];
  /** Of every step. */
  readonly rates: readonly number[];
  /** On the test rows; null where there are none or the weights are not finite. */
  readonly tested: Measures | null;
  /** Whether all weights are finite. */
  readonly usable: boolean;
}

/**
 * Trains the session's model once, in epochs, with callbacks, and tests it. The weights stay as trained.
 *
 * @throws the signal's reason when it is aborted; what a callback throws
 */
export async function fit(session: Session, options: FitOptions): Promise<FitOutcome> {
  const { optimizer, schedule, epochs, batchSize, seed, callbacks, onEpoch, signal } = options;
  const { model, data } = session;
  const seen = new RuleOptimizer(
    optimizer,
    // Callbacks may change a plain rate, but not a schedule.
    schedule.config?.name === 'constant' ? Number(schedule.config.rate) : schedule,
  );
  const stepsPerEpoch = Math.ceil(data.train.length / batchSize);
  const evaluateAt = evaluationSteps({ epochs }, stepsPerEpoch);
  const hooks = callbacks.length > 0 ? callbackHooks(callbacks, model, seen, { epochs, stepsPerEpoch }) : undefined;
  let finished = false;
  try {
    await session.reset(seed);
    const movesMomentum = schedule.momentum !== undefined || callbacks.length > 0;
    const step = session.step(optimizer, {
      rescaleVelocity: false,
      schedulesMomentum: optimizer.rule.momentum !== undefined && movesMomentum,
      calls: evaluateAt.at(-1) as number,
    });
    step.reset(seed);
    const start = data.heldOut.length > 0 ? await session.evaluate(step, data.heldOut) : null;
    await hooks?.trainBegin();
    const trained = await runTraining(session, {
      step,
      seed,
      batchSize,
      from: 0,
      evaluateAt,
      rateAt: () => seen.takeStep(),
      hooks,
      onEvaluation: (evaluation) => onEpoch?.(evaluation),
      signal,
    });
    step.finish();
    await hooks?.trainEnd();
    const { evaluations, losses, rates } = trained;
    const usable = allFinite(model);
    // The last update may make the weights infinite after a loss that was still finite.
    const { outcome, divergedAt } =
      usable || trained.outcome === 'diverged'
        ? trained
        : ({ outcome: 'diverged', divergedAt: losses.length } as const);
    const tested = data.test.length > 0 && usable ? await session.evaluate(step, data.test) : null;
    finished = usable;
    return { training: { seed, start, evaluations, outcome, divergedAt }, losses, rates, tested, usable };
  } finally {
    if (!finished) hooks?.release();
  }
}
