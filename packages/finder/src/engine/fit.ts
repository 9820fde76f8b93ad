import type { Evaluation, Measures, RestoredWeights, Training } from '@lrfind/core/results';
import type { Schedule } from '@lrfind/core/schedules';
import { evaluationSteps, fromSavedState, type TrainingCheckpoint, toSavedState } from '@lrfind/core/study';
import { allFinite } from '../model/weights.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { callbackHooks, type FitCallback, seenOptimizer } from './callback-hooks.js';
import { type Checkpoint, lastIsBest, restoreOptimizer, savedOptimizer, withFinalWeights } from './checkpoint.js';
import { endTraining } from './end-training.js';
import { announceTraining } from './running-training.js';
import type { Session } from './session.js';
import { rowsPerEpoch, runTraining, type TrainedPart, type TrainedStep } from './training-loop.js';

/** What `onStep` of `train` gets. */
export interface TrainingStepEvent extends TrainedStep {
  /** Steps of the whole training, unless a callback ends it. */
  readonly steps: number;
}

/** How a model is trained once. */
export interface FitOptions {
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly callbacks: readonly FitCallback[];
  readonly onEpoch: ((evaluation: Evaluation) => void) | undefined;
  readonly onStep: ((event: TrainingStepEvent) => void) | undefined;
  /** Stores the training after each epoch; opened before. Default: nowhere. */
  readonly checkpoint: Checkpoint | undefined;
  /** The training to resume; null for a new one. */
  readonly resumed: TrainingCheckpoint | null;
  /** What a search suggested, to be stored with the training. */
  readonly suggestion: TrainingCheckpoint['suggestion'];
  readonly signal: AbortSignal | undefined;
}

/** What was measured. */
export interface FitOutcome {
  readonly training: Training;
  /** Of every step; null where it was not finite. */
  readonly losses: (number | null)[];
  /** Of every step. */
  readonly rates: readonly number[];
  /** The weights that the model holds, where a callback restored earlier ones; else null. */
  readonly restored: RestoredWeights | null;
  /** On the test rows; null where there are none or the weights are not finite. */
  readonly tested: Measures | null;
  /** Wall time of the whole training, without pauses. */
  readonly seconds: number;
  /** Whether the weights are worth keeping: finite, and not those of a training that has diverged. */
  readonly usable: boolean;
}

/**
 * Trains the session's model once, in epochs, with callbacks, and tests it. The weights stay as trained. A resumed training calls
 * `onEpoch` for the earlier epochs too.
 *
 * @throws the signal's reason when it is aborted; what a callback throws
 */
export async function fit(session: Session, options: FitOptions): Promise<FitOutcome> {
  const { optimizer, schedule, epochs, batchSize, seed, callbacks, onEpoch, onStep, checkpoint, resumed, signal } =
    options;
  const { model, data } = session;
  const seen = seenOptimizer(optimizer, schedule);
  const initialSchedule = seen.schedule;
  const stepsPerEpoch = Math.ceil(rowsPerEpoch(data) / batchSize);
  const evaluateAt = evaluationSteps({ epochs }, stepsPerEpoch);
  const hooks = callbacks.length > 0 ? callbackHooks(callbacks, model, seen, { epochs, stepsPerEpoch }) : undefined;
  const before = resumed?.training;
  const from = before?.evaluations.at(-1)?.step ?? 0;
  const clock = performance.now();
  const secondsNow = () => (resumed?.seconds ?? 0) + (performance.now() - clock) / 1000;
  let finished = false;
  try {
    if (resumed) hooks?.restore(resumed.callbacks);
    else await session.reset(seed);
    const movesMomentum = schedule.momentum !== undefined || callbacks.length > 0;
    const step = session.step(optimizer, {
      rescaleVelocity: false,
      schedulesMomentum: optimizer.rule.momentum !== undefined && movesMomentum,
      calls: evaluateAt.at(-1) as number,
    });
    const asked = { ...session.asked, model, batchSize, suspended: session.suspended };
    announceTraining(seen, asked, () => step.optimizerState());
    let start = before?.start ?? null;
    if (!resumed) {
      step.reset(seed);
      start = data.heldOut.length > 0 ? await session.evaluate(step, data.heldOut) : null;
    }
    await hooks?.trainBegin();
    if (resumed) {
      // After `trainBegin`, where callbacks may set rates and weights to begin with.
      step.restore(fromSavedState(resumed.state));
      restoreOptimizer(seen, resumed.optimizer, from);
    }
    for (const evaluation of before?.evaluations ?? []) onEpoch?.(evaluation);
    const save = async (part: TrainedPart): Promise<void> => {
      // From weights that are not finite no training could resume: the checkpoint before stays.
      if (!(await allFinite(model))) return;
      const { evaluations, losses, rates, outcome } = wholeOf(resumed, part);
      const state: TrainingCheckpoint = {
        training: { seed, start, evaluations, outcome, divergedAt: null },
        losses,
        rates: [...rates],
        seconds: secondsNow(),
        suggestion: options.suggestion,
        state: toSavedState(await step.save()),
        optimizer: savedOptimizer(seen, initialSchedule),
        callbacks: (await hooks?.state()) ?? [],
      };
      const best = lastIsBest(evaluations);
      await withFinalWeights(model, step, () => (checkpoint as Checkpoint).save(state, { model, best }));
    };
    const part =
      before?.outcome === 'stopped'
        ? { evaluations: [], losses: [], rates: [], outcome: 'stopped' as const, divergedAt: null }
        : await runTraining(session, {
            step,
            seed,
            batchSize,
            from,
            evaluateAt: evaluateAt.filter((at) => at > from || at === evaluateAt.at(-1)),
            rateAt: () => seen.takeStep(),
            hooks,
            onStep: onStep && ((step) => onStep({ ...step, steps: evaluateAt.at(-1) as number })),
            onEvaluation: (evaluation) => onEpoch?.(later(resumed, evaluation)),
            onCheckpoint: checkpoint && save,
            signal,
          });
    const trained = wholeOf(resumed, part);
    const { evaluations, losses, rates } = trained;
    const { usable, restored } = await endTraining(session, step, hooks, trained);
    // The last update may make the weights infinite after a loss that was still finite.
    const { outcome, divergedAt } =
      usable || trained.outcome === 'diverged'
        ? trained
        : ({ outcome: 'diverged', divergedAt: losses.length } as const);
    const tested = data.test.length > 0 && usable ? await session.evaluate(step, data.test) : null;
    finished = usable;
    const training = { seed, start, evaluations, outcome, divergedAt };
    return { training, losses, rates, restored, tested, seconds: secondsNow(), usable };
  } finally {
    if (!finished) hooks?.release();
    seen.dispose();
  }
}

/** A training of several parts, of which the last was trained now. */
function wholeOf(resumed: TrainingCheckpoint | null, part: TrainedPart): TrainedPart {
  if (!resumed) return part;
  return {
    ...part,
    evaluations: [...resumed.training.evaluations, ...part.evaluations.map((each) => later(resumed, each))],
    losses: [...resumed.losses, ...part.losses],
    rates: [...resumed.rates, ...part.rates],
  };
}

/** An evaluation of a resumed training, timed from its first start. */
function later(resumed: TrainingCheckpoint | null, evaluation: Evaluation): Evaluation {
  return { ...evaluation, seconds: evaluation.seconds + (resumed?.seconds ?? 0) };
}
