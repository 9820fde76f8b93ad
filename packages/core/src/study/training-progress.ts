import { InputError } from '../errors.js';
import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { CallbackState } from './callback-state.js';
import type { Journal, JournalEntry, TrainedEntry } from './journal.js';
import {
  type AbortSignalLike,
  type Executor,
  type SavedState,
  TrialFailure,
  type TrialOutcome,
  type TrialSpec,
} from './trial.js';

/** A trial, without the seed of a single training. */
export type Trial = Pick<TrialSpec, 'trial' | 'model' | 'data' | 'recipe' | 'evaluateAt'>;

/** Trials of which each is drawn when it begins, by how the earlier ones have done. */
export interface DrawnTrials {
  readonly count: number;
  /** The number of evaluations of each. */
  readonly evaluations: number;
  /**
   * Draws the next trial.
   *
   * @param ranked numbers of the trials that have been evaluated so far, from 0: best first
   */
  draw(ranked: readonly number[]): Trial;
}

/** Runs parts of trainings, and records them. */
export interface PartRunner {
  readonly executor: Executor;
  /** Entries of an earlier run that was interrupted; empty to start. */
  readonly completed: readonly JournalEntry[];
  /** Records each part of a training once it is completed. Default: none. */
  readonly journal?: Journal | undefined;
  /** Called once for every evaluation, including those of `completed`; those of a training in order. */
  readonly onEvaluation?: ((trial: string, seed: number, evaluation: Evaluation) => void) | undefined;
  /** Checked before each part of a training, and by the executor. */
  readonly signal?: AbortSignalLike | undefined;
}

/** The progress of one training. */
export interface TrainingProgress {
  readonly seed: number;
  training: TrialTraining;
  seconds: number;
  /** The state to resume from; null before the first step and after the last. */
  state: SavedState | null;
  /** That of its callbacks, along with the state. */
  callbacks?: CallbackState | undefined;
}

/** A training before its first step. */
export function notStarted(seed: number): TrainingProgress {
  return {
    seed,
    training: { seed, start: null, evaluations: [], outcome: 'finished', divergedAt: null },
    seconds: 0,
    state: null,
  };
}

/** Ends a paused training, for which there is no further part. One that has ended stays as it is. */
export function prune(current: TrainingProgress): void {
  Object.assign(current, { state: null, callbacks: undefined });
  if (current.training.outcome === 'finished') current.training = { ...current.training, outcome: 'pruned' };
}

/** The training steps that a training took. */
export function stepsTaken({ divergedAt, evaluations }: TrialTraining): number {
  return divergedAt ?? evaluations.at(-1)?.step ?? 0;
}

/**
 * Continues a training until it has a number of evaluations, if it has fewer, or takes that part from the completed entries.
 *
 * @throws InputError for a completed entry that is not that part; the signal's reason when it is aborted; any error of the
 *   executor or the journal
 */
export async function advance(
  runner: PartRunner,
  trial: Trial,
  current: TrainingProgress,
  until: number,
): Promise<void> {
  const { completed, executor, journal, onEvaluation, signal } = runner;
  const { seed, training: before } = current;
  if (before.outcome !== 'finished' || before.evaluations.length >= until) return;
  const untilStep = trial.evaluateAt[until - 1] as number;
  const known = completed.find(
    (each): each is TrainedEntry =>
      each.kind === 'trained' && each.trial === trial.trial && each.seed === seed && each.untilStep === untilStep,
  );
  let reported = before.evaluations.at(-1)?.step ?? 0;
  const report = (evaluation: Evaluation) => {
    if (evaluation.step <= reported) return;
    reported = evaluation.step;
    onEvaluation?.(trial.trial, seed, evaluation);
  };
  if (known) {
    checkResumable(known, trial, until);
    for (const evaluation of known.training.evaluations) report(evaluation);
  } else {
    // A training that diverges at its first step ends before the executor checks the signal.
    signal?.throwIfAborted();
  }
  const outcome =
    known ??
    (await orFailed(
      current,
      executor.run(
        {
          ...trial,
          seed,
          evaluateAt: trial.evaluateAt.slice(before.evaluations.length, until),
          length: trial.evaluateAt.at(-1) as number,
          from: current.state && {
            training: before,
            seconds: current.seconds,
            state: current.state,
            ...(current.callbacks && { callbacks: current.callbacks }),
          },
        },
        { onEvaluation: report, signal },
      ),
    ));
  const { training, seconds, state, callbacks } = outcome;
  Object.assign(current, { training, seconds, state, callbacks });
  if (!known) {
    const entry = { kind: 'trained', trial: trial.trial, seed, untilStep, training, seconds, state } as const;
    await journal?.add({ ...entry, ...(callbacks && { callbacks }) });
  }
}

/** The outcome, or that of a training that has failed, which keeps what was measured before. */
async function orFailed({ training, seconds }: TrainingProgress, run: Promise<TrialOutcome>): Promise<TrialOutcome> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return { training: { ...training, outcome: 'failed', failure: error.message }, seconds, state: null };
  }
}

/** @throws InputError for a recorded training that is not the part of the trial that it says it is */
function checkResumable(
  { training, state, callbacks, seed, untilStep }: TrainedEntry,
  trial: Trial,
  until: number,
): void {
  const { evaluations, outcome } = training;
  const wanted = trial.evaluateAt.slice(0, outcome === 'finished' ? until : evaluations.length);
  const inOrder = String(evaluations.map(({ step }) => step)) === String(wanted);
  const paused = outcome === 'finished' && until < trial.evaluateAt.length;
  const own = paused ? (trial.recipe.callbacks?.length ?? 0) : 0;
  const heard = own === (callbacks?.callbacks.length ?? 0) && (own === 0 || callbacks?.rates.length === untilStep);
  if (training.seed === seed && outcome !== 'pruned' && inOrder && (state !== null) === paused && heard) return;
  throw new InputError(
    `the journal's training of trial "${trial.trial}" with seed ${seed} until step ${untilStep} must have its evaluations and its state; it is damaged: delete the journal to start again`,
  );
}
