import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { CallbackState } from './callback-state.js';
import type { Journal } from './journal.js';
import {
  type AbortSignalLike,
  type Executor,
  type PausedTrial,
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

/** Reads a paused training, with the state that it goes on from. */
export type ReadPaused = (trial: Trial, current: TrainingProgress) => Promise<PausedTrial>;

/**
 * Takes the part of a training up to a number of evaluations as it was completed earlier; false where it was not.
 *
 * @throws InputError for a part that is not that of the training
 */
export type TakeCompleted = (trial: Trial, current: TrainingProgress, until: number) => boolean;

/** Runs parts of trainings, and records them. */
export interface PartRunner {
  readonly executor: Executor;
  /** Records each part of a training once it is completed. Default: none. */
  readonly journal?: Journal | undefined;
  /** Reads a training whose state the journal keeps out of memory. Default: none does. */
  readonly readPaused?: ReadPaused;
  /** Called once for every evaluation, including those that were completed earlier; those of a training in order. */
  readonly onEvaluation?: ((trial: string, seed: number, evaluation: Evaluation) => void) | undefined;
  /** Checked before each part of a training, and by the executor. */
  readonly signal?: AbortSignalLike | undefined;
}

/** The progress of one training. */
export interface TrainingProgress {
  readonly seed: number;
  training: TrialTraining;
  seconds: number;
  /** The state to resume from, or that the journal has it; null before the first step and after the last. */
  state: SavedState | 'stored' | null;
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

/** How a journal around another reads states: as that one does, if it does. */
export function readingStates(journal: Journal | undefined): Pick<Journal, 'readState'> {
  return journal?.readState
    ? { readState: (training) => (journal.readState as Required<Journal>['readState'])(training) }
    : {};
}

/**
 * Continues a training until it has a number of evaluations, if it has fewer, or takes that part as it was completed earlier.
 *
 * @param takeCompleted takes the part, if it was completed earlier. Default: none was
 * @throws InputError for a completed part that is not that of the training, and for a state that the journal cannot read back; the
 *   signal's reason when it is aborted; any error of the executor or the journal
 */
export async function advance(
  runner: PartRunner,
  trial: Trial,
  current: TrainingProgress,
  until: number,
  takeCompleted?: TakeCompleted,
): Promise<void> {
  const { executor, journal, readPaused, onEvaluation, signal } = runner;
  const { seed, training: before } = current;
  if (before.outcome !== 'finished' || before.evaluations.length >= until) return;
  const untilStep = trial.evaluateAt[until - 1] as number;
  let reported = before.evaluations.at(-1)?.step ?? 0;
  const report = (evaluation: Evaluation) => {
    if (evaluation.step <= reported) return;
    reported = evaluation.step;
    onEvaluation?.(trial.trial, seed, evaluation);
  };
  if (takeCompleted?.(trial, current, until)) {
    for (const evaluation of current.training.evaluations) report(evaluation);
    return;
  }
  // A training that diverges at its first step ends before the executor checks the signal.
  signal?.throwIfAborted();
  const own = {
    training: before,
    seconds: current.seconds,
    ...(current.callbacks && { callbacks: current.callbacks }),
  };
  const from =
    current.state === 'stored'
      ? await (readPaused as ReadPaused)(trial, current)
      : current.state && { ...own, state: current.state };
  const { training, seconds, state, callbacks } = await orFailed(
    current,
    executor.run(
      {
        ...trial,
        seed,
        evaluateAt: trial.evaluateAt.slice(before.evaluations.length, until),
        length: trial.evaluateAt.at(-1) as number,
        from,
      },
      { onEvaluation: report, signal },
    ),
  );
  Object.assign(current, { training, seconds, state, callbacks });
  const entry = { kind: 'trained', trial: trial.trial, seed, untilStep, training, seconds, state } as const;
  await journal?.add({ ...entry, ...(callbacks && { callbacks }) });
  if (state && journal?.readState) Object.assign(current, { state: 'stored', callbacks: undefined });
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
