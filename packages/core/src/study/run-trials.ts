import type { TrialTraining } from '../results/comparison.js';
import { type Rung, rungs } from './pruning.js';
import { rank } from './ranking.js';
import {
  advance,
  notStarted,
  type PartRunner,
  stepsTaken,
  type TrainingProgress,
  type Trial,
} from './training-progress.js';

/** The trials that {@link runTrials} runs, and how. */
export interface TrialPlan extends PartRunner {
  /** All with the same number of evaluations. */
  readonly trials: readonly Trial[];
  /** One training of each trial for each. */
  readonly seeds: readonly number[];
  /** Whether to drop the worse half of the trials at intermediate checkpoints. */
  readonly halving: boolean;
}

/** The outcome of {@link runTrials}. */
export interface TrialsOutcome {
  /** The trainings of each trial, in the order of the trials and of the seeds. */
  readonly trainings: readonly (readonly TrialTraining[])[];
  /** Training steps of all trainings, `completed` ones included. */
  readonly steps: number;
  /** Wall time of all trainings, `completed` ones included. */
  readonly seconds: number;
}

/**
 * Trains every trial with every seed, one training at a time. With halving, each training runs in parts; after each
 * part the worse half of the trials is dropped. Trainings are independent of each other.
 *
 * @throws InputError when there are too few evaluations for halving; the signal's reason when it is aborted; any error
 *   of the executor or the journal
 *
 * @example
 * const { trainings } = await runTrials({ trials, seeds: [0, 1, 2], halving: true, executor, completed: [] });
 */
export async function runTrials(plan: TrialPlan): Promise<TrialsOutcome> {
  const { trials, seeds, halving } = plan;
  const states = new Map(trials.map((trial) => [trial, seeds.map(notStarted)]));
  let remaining: readonly Trial[] = trials;
  const evaluations = trials[0]?.evaluateAt.length ?? 0;
  const checkpoints: Rung[] = halving ? rungs(trials.length, evaluations) : [];
  for (const { evaluations: until, survivors } of [...checkpoints, { evaluations, survivors: remaining.length }]) {
    for (const trial of remaining) {
      for (const state of states.get(trial) as TrainingProgress[]) await advance(plan, trial, state, until);
    }
    if (until < evaluations) remaining = promote(remaining, states, survivors);
  }
  const all = [...states.values()].flat();
  return {
    trainings: [...states.values()].map((each) => each.map(({ training }) => training)),
    steps: all.reduce((sum, { training }) => sum + stepsTaken(training), 0),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/**
 * Selects the trials that continue. Trainings of the others end as pruned, unless they have diverged or a callback has
 * ended them: those are complete.
 */
function promote(
  remaining: readonly Trial[],
  states: ReadonlyMap<Trial, TrainingProgress[]>,
  survivors: number,
): Trial[] {
  const ranking = rank(
    remaining.map((trial) => ({
      name: trial.trial,
      trainings: (states.get(trial) as TrainingProgress[]).map(({ training }) => training),
    })),
  );
  const promoted = new Set(ranking.slice(0, survivors).map(({ name }) => name));
  for (const trial of remaining.filter((each) => !promoted.has(each.trial))) {
    for (const current of states.get(trial) as TrainingProgress[]) {
      Object.assign(current, { state: null, callbacks: undefined });
      if (current.training.outcome === 'finished') current.training = { ...current.training, outcome: 'pruned' };
    }
  }
  return remaining.filter(({ trial }) => promoted.has(trial));
}
