import { InputError } from '../errors.js';
import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { CallbackState } from './callback-state.js';
import type { CompletedEntry, Journal, StoredEntry, StoredState, TrainedEntry } from './journal.js';
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

/** Runs parts of trainings, and records them. */
export interface PartRunner {
  readonly executor: Executor;
  /** Records each part of a training once it is completed. Default: none. */
  readonly journal?: Journal | undefined;
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

/** The completed part of a training. */
export type CompletedPart = TrainedEntry | StoredEntry;

/**
 * Finds completed parts of trainings by what they are of.
 *
 * @returns undefined for one that is still to be trained; of several equal ones the first
 */
export function partsOf(
  completed: readonly CompletedEntry[],
): (trial: string, seed: number, untilStep: number) => CompletedPart | undefined {
  const keyOf = (trial: string, seed: number, untilStep: number) => `${seed} ${untilStep} ${trial}`;
  const parts = new Map<string, CompletedPart>();
  for (const entry of completed) {
    if (entry.kind !== 'trained') continue;
    const key = keyOf(entry.trial, entry.seed, entry.untilStep);
    if (!parts.has(key)) parts.set(key, entry);
  }
  return (trial, seed, untilStep) => parts.get(keyOf(trial, seed, untilStep));
}

/**
 * Continues a training until it has a number of evaluations, if it has fewer, or takes that part as it was completed earlier.
 *
 * @param known finds the part, if it was completed earlier. Default: none was
 * @throws InputError for a completed part that is not that of the training, and for a state that the journal cannot read back; the
 *   signal's reason when it is aborted; any error of the executor or the journal
 */
export async function advance(
  runner: PartRunner,
  trial: Trial,
  current: TrainingProgress,
  until: number,
  known?: ReturnType<typeof partsOf>,
): Promise<void> {
  const { executor, journal, onEvaluation, signal } = runner;
  const { seed, training: before } = current;
  if (before.outcome !== 'finished' || before.evaluations.length >= until) return;
  const untilStep = trial.evaluateAt[until - 1] as number;
  let reported = before.evaluations.at(-1)?.step ?? 0;
  const report = (evaluation: Evaluation) => {
    if (evaluation.step <= reported) return;
    reported = evaluation.step;
    onEvaluation?.(trial.trial, seed, evaluation);
  };
  const part = known?.(trial.trial, seed, untilStep);
  if (part) {
    checkPart(part, trial, until);
    for (const evaluation of part.training.evaluations) report(evaluation);
    const { training, seconds, state } = part;
    Object.assign(current, {
      training,
      seconds,
      state,
      callbacks: part.state === 'stored' ? undefined : part.callbacks,
    });
    return;
  }
  // A training that diverges at its first step ends before the executor checks the signal.
  signal?.throwIfAborted();
  const from = current.state === null ? null : await pausedTrial(runner, trial, current);
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

/** The paused training that one goes on from, with its state: of the journal, where it is stored there. */
async function pausedTrial(
  { journal }: PartRunner,
  trial: Trial,
  { seed, training, seconds, state, callbacks }: TrainingProgress,
): Promise<PausedTrial> {
  if (state !== 'stored') return { training, seconds, state: state as SavedState, ...(callbacks && { callbacks }) };
  const at = { trial: trial.trial, seed, untilStep: training.evaluations.at(-1)?.step as number };
  if (!journal?.readState)
    throw new InputError(
      `journal.readState must be a function, because the journal has left out the state of trial "${at.trial}"; got none`,
    );
  const stored = await journal.readState(at);
  if (!areHeard(stored.callbacks, trial, at.untilStep)) throw damaged(at);
  return { training, seconds, ...stored };
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

/** @throws InputError for a completed part that is not the part of the trial that it says it is */
function checkPart(part: CompletedPart, trial: Trial, until: number): void {
  const { training, state, seed, untilStep } = part;
  const { evaluations, outcome } = training;
  const wanted = trial.evaluateAt.slice(0, outcome === 'finished' ? until : evaluations.length);
  const inOrder = String(evaluations.map(({ step }) => step)) === String(wanted);
  const paused = outcome === 'finished' && until < trial.evaluateAt.length;
  // Those of a stored state are checked when it is read.
  const heard =
    part.state === 'stored' ||
    (paused ? areHeard(part.callbacks, trial, untilStep) : (part.callbacks?.callbacks.length ?? 0) === 0);
  if (training.seed === seed && outcome !== 'pruned' && inOrder && (state !== null) === paused && heard) return;
  throw damaged(part);
}

/** Whether a state of callbacks is one of a trial, after so many steps. */
function areHeard(callbacks: StoredState['callbacks'], { recipe }: Trial, steps: number): boolean {
  const own = recipe.callbacks?.length ?? 0;
  return own === (callbacks?.callbacks.length ?? 0) && (own === 0 || callbacks?.rates.length === steps);
}

function damaged({ trial, seed, untilStep }: Pick<TrainedEntry, 'trial' | 'seed' | 'untilStep'>): InputError {
  return new InputError(
    `the journal's training of trial "${trial}" with seed ${seed} until step ${untilStep} must have its evaluations and its state; it is damaged: delete the journal to start again`,
  );
}
