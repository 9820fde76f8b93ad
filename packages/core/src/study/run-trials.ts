import type { Evaluation, Training } from '../results/training.js';
import type { Journal, JournalEntry } from './journal.js';
import { type Rung, rungs } from './pruning.js';
import { rank } from './ranking.js';
import type { AbortSignalLike, Executor, SavedState, TrialSpec } from './trial.js';

/** A trial before its seeds are known. */
export type Trial = Pick<TrialSpec, 'trial' | 'model' | 'data' | 'recipe' | 'evaluateAt'>;

/** What {@link runTrials} runs. */
export interface TrialPlan {
  /** With equally many evaluations each. */
  readonly trials: readonly Trial[];
  readonly seeds: readonly number[];
  /** Whether the worse half of the trials is dropped at intermediate checkpoints. */
  readonly halving: boolean;
  readonly executor: Executor;
  /** What was completed earlier. */
  readonly completed: readonly JournalEntry[];
  readonly journal?: Journal | undefined;
  readonly onEvaluation?: ((trial: string, seed: number, evaluation: Evaluation) => void) | undefined;
  readonly signal?: AbortSignalLike | undefined;
}

/** The outcome of {@link runTrials}. */
export interface TrialsOutcome {
  /** For each trial, in their order, its trainings, one a seed. */
  readonly trainings: readonly (readonly Training[])[];
  /** Training steps taken, in earlier parts too. */
  readonly steps: number;
  readonly seconds: number;
}

/** The state of one training. */
interface TrainingState {
  readonly seed: number;
  training: Training;
  seconds: number;
  /** From where it resumes; null before the first step and after the last. */
  state: SavedState | null;
}

/**
 * Trains all trials with all seeds, one training after the other. With halving the trainings run in parts, and after each
 * part the worse half of the trials is dropped. Trainings are independent of each other.
 *
 * @throws the signal's reason when it is aborted; what the executor or the journal throws
 */
export async function runTrials(plan: TrialPlan): Promise<TrialsOutcome> {
  const { trials, seeds, halving } = plan;
  const states = new Map(trials.map((trial) => [trial, seeds.map(notStarted)]));
  let remaining: readonly Trial[] = trials;
  const evaluations = trials[0]?.evaluateAt.length ?? 0;
  const checkpoints: Rung[] = halving ? rungs(trials.length, evaluations) : [];
  for (const { evaluations: until, survivors } of [...checkpoints, { evaluations, survivors: remaining.length }]) {
    for (const trial of remaining) {
      for (const state of states.get(trial) as TrainingState[]) await advance(plan, trial, state, until);
    }
    if (until < evaluations) remaining = promote(remaining, states, survivors);
  }
  const all = [...states.values()].flat();
  return {
    trainings: [...states.values()].map((each) => each.map(({ training }) => training)),
    steps: all.reduce((sum, { training }) => sum + stepsOf(training), 0),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function notStarted(seed: number): TrainingState {
  return {
    seed,
    training: { seed, start: null, evaluations: [], outcome: 'finished', divergedAt: null },
    seconds: 0,
    state: null,
  };
}

function stepsOf({ divergedAt, evaluations }: Training): number {
  return divergedAt ?? evaluations.at(-1)?.step ?? 0;
}

/** Continues a training until a number of evaluations, or takes that part from the journal. */
async function advance(plan: TrialPlan, trial: Trial, current: TrainingState, until: number): Promise<void> {
  const { completed, executor, journal, onEvaluation, signal } = plan;
  const { seed, training: before } = current;
  if (before.outcome !== 'finished') return;
  const untilStep = trial.evaluateAt[until - 1] as number;
  const entry = completed.find(
    (each) =>
      each.kind === 'trained' && each.trial === trial.trial && each.seed === seed && each.untilStep === untilStep,
  );
  const known = entry?.kind === 'trained' ? entry : undefined;
  if (known) {
    for (const evaluation of known.training.evaluations.slice(before.evaluations.length))
      onEvaluation?.(trial.trial, seed, evaluation);
  } else {
    // A training that diverges immediately never reaches the check inside the executor.
    signal?.throwIfAborted();
  }
  const outcome =
    known ??
    (await executor.run(
      {
        ...trial,
        seed,
        evaluateAt: trial.evaluateAt.slice(before.evaluations.length, until),
        length: trial.evaluateAt.at(-1) as number,
        from: current.state && { training: before, seconds: current.seconds, state: current.state },
      },
      { onEvaluation: (evaluation) => onEvaluation?.(trial.trial, seed, evaluation), signal },
    ));
  const { training, seconds, state } = outcome;
  Object.assign(current, { training, seconds, state });
  if (!known) await journal?.add({ kind: 'trained', trial: trial.trial, seed, untilStep, training, seconds, state });
}

/** The trials that continue. The trainings of the others end as pruned, unless they have diverged. */
function promote(
  remaining: readonly Trial[],
  states: ReadonlyMap<Trial, TrainingState[]>,
  survivors: number,
): Trial[] {
  const ranking = rank(
    remaining.map((trial) => ({
      name: trial.trial,
      trainings: (states.get(trial) as TrainingState[]).map(({ training }) => training),
    })),
  );
  const promoted = new Set(ranking.slice(0, survivors).map(({ name }) => name));
  for (const trial of remaining.filter((each) => !promoted.has(each.trial))) {
    for (const current of states.get(trial) as TrainingState[]) {
      current.state = null;
      if (current.training.outcome === 'finished') current.training = { ...current.training, outcome: 'pruned' };
    }
  }
  return remaining.filter(({ trial }) => promoted.has(trial));
}
