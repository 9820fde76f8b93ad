import { InputError } from '../errors.js';
import type { CompletedEntry, Journal, StoredEntry, StoredState, TrainedEntry } from './journal.js';
import type { ReadPaused, TakeCompleted, Trial } from './training-progress.js';

type CompletedPart = TrainedEntry | StoredEntry;

/** Takes parts of trainings from the entries of an earlier run; of several equal ones the first. */
export function takingCompleted(completed: readonly CompletedEntry[]): TakeCompleted {
  const keyOf = (trial: string, seed: number, untilStep: number) => `${seed} ${untilStep} ${trial}`;
  const parts = new Map<string, CompletedPart>();
  for (const entry of completed) {
    if (entry.kind !== 'trained') continue;
    const key = keyOf(entry.trial, entry.seed, entry.untilStep);
    if (!parts.has(key)) parts.set(key, entry);
  }
  return (trial, current, until) => {
    const part = parts.get(keyOf(trial.trial, current.seed, trial.evaluateAt[until - 1] as number));
    if (!part) return false;
    checkPart(part, trial, until);
    const { training, seconds, state } = part;
    const callbacks = part.state === 'stored' ? undefined : part.callbacks;
    Object.assign(current, { training, seconds, state, callbacks });
    return true;
  };
}

/** Reads paused trainings whose states a journal has. */
export function readingPaused(journal: Journal | undefined): ReadPaused {
  return async (trial, { seed, training, seconds }) => {
    const at = { trial: trial.trial, seed, untilStep: training.evaluations.at(-1)?.step as number };
    if (!journal?.readState)
      throw new InputError(
        `journal.readState must be a function, because the journal has left out the state of trial "${at.trial}"; got none`,
      );
    const stored = await journal.readState(at);
    if (!areHeard(stored.callbacks, trial, at.untilStep)) throw damaged(at);
    return { training, seconds, ...stored };
  };
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
