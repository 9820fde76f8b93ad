import { InputError } from '../errors.js';
import type { TrialTraining } from '../results/comparison.js';
import { type AbortLike, abortLinkedTo, runAtOnce } from './at-once.js';
import { readingPaused, takingCompleted } from './completed-parts.js';
import { evaluationsToTake } from './evaluations-to-take.js';
import type { CompletedEntry, Journal } from './journal.js';
import { type Rung, rungs } from './pruning.js';
import { rank } from './ranking.js';
import { runAsynchronously } from './run-asynchronously.js';
import {
  advance,
  type DrawnTrials,
  notStarted,
  type PartRunner,
  prune,
  readingStates,
  stepsTaken,
  type TrainingProgress,
  type Trial,
} from './training-progress.js';

/** The trials that {@link runTrials} runs, and how. */
export interface TrialPlan extends PartRunner {
  /** All with the same number of evaluations. */
  readonly trials: readonly Trial[] | DrawnTrials;
  /** Entries of an earlier run that was interrupted; empty to start. */
  readonly completed: readonly CompletedEntry[];
  /** One training of each trial for each. */
  readonly seeds: readonly number[];
  /**
   * Whether to drop the worse half of the trials at intermediate checkpoints: `true` once all of them have come to it, `asynchronous` as
   * they come.
   */
  readonly halving: boolean | 'asynchronous';
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
 * Trains every trial with every seed, as many trainings at once as the executor can run. With halving, each training runs in parts;
 * once all remaining trials have come to the end of a part, the worse half of them is dropped. Trainings are independent of each other:
 * how many run at once changes no result.
 *
 * With asynchronous halving, which trials are dropped depends on the order in which trainings end. That order, and each decision, is
 * in the journal: from equal entries come equal results, and where one training runs at a time the order is always the same.
 *
 * Trainings begin in the order of the trials, and of the seeds within a trial. A training reports its evaluations in order, each once;
 * those of trainings that run at once come as they are measured. Entries are added to the journal one at a time, in the order in
 * which the trainings end.
 *
 * @throws InputError when there are too few evaluations for halving; the signal's reason when it is aborted; any error of the
 *   executor, the journal or the listener. The first error aborts the other trainings, and is thrown once they have ended; those that
 *   end whole nevertheless are still recorded, unless it is the journal that failed
 *
 * @example
 * const { trainings } = await runTrials({ trials, seeds: [0, 1, 2], halving: true, executor, completed: [] });
 */
export async function runTrials(plan: TrialPlan): Promise<TrialsOutcome> {
  const { trials, seeds, halving, executor, journal } = plan;
  const { concurrency = 1 } = executor;
  if (!(concurrency >= 1)) throw new InputError(`executor.concurrency must be at least 1; got ${concurrency}`);
  const stopping = abortLinkedTo(plan.signal);
  const runner = {
    ...plan,
    journal: journal && oneAtATime(journal),
    readPaused: readingPaused(journal),
    signal: stopping.signal,
  };
  const begin = () => seeds.map(notStarted);
  let states: TrainingProgress[][];
  if ('draw' in trials || halving === 'asynchronous') {
    if (halving === true)
      throw new InputError(
        'halving must be asynchronous or false where trials are drawn by how the earlier ones did; got true',
      );
    states = await runAsynchronously({ ...runner, trials, halving, begin }, concurrency, stopping);
  } else {
    const begun = new Map(trials.map((trial) => [trial, begin()]));
    await runHalved({ ...runner, halving }, begun, concurrency, stopping);
    states = [...begun.values()];
  }
  const all = states.flat();
  return {
    trainings: states.map((each) => each.map(({ training }) => training)),
    steps: all.reduce((sum, { training }) => sum + stepsTaken(training), 0),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Trains all trials; with halving, those that remain at each checkpoint. */
async function runHalved(
  runner: PartRunner & Pick<TrialPlan, 'completed'> & { readonly halving: boolean },
  states: ReadonlyMap<Trial, TrainingProgress[]>,
  concurrency: number,
  stopping: AbortLike,
): Promise<void> {
  const trials = [...states.keys()];
  const takeCompleted = takingCompleted(runner.completed);
  let remaining: readonly Trial[] = trials;
  const evaluations = trials[0]?.evaluateAt.length ?? 0;
  const checkpoints: Rung[] = runner.halving ? rungs(trials.length, evaluations) : [];
  for (const { evaluations: until, survivors } of [...checkpoints, { evaluations, survivors: remaining.length }]) {
    const parts = remaining.flatMap((trial) =>
      (states.get(trial) as TrainingProgress[]).map(
        (state) => () => advance(runner, trial, state, until, takeCompleted),
      ),
    );
    await runAtOnce(parts, concurrency, stopping);
    if (until < evaluations) remaining = promote(remaining, states, survivors);
  }
}

/**
 * About how many steps {@link runTrials} takes: with halving as if all trials had equal steps, and as if none diverged.
 */
export function stepsToTake({
  trials,
  seeds,
  halving,
  completed,
}: Pick<TrialPlan, 'seeds' | 'halving' | 'completed'> & { readonly trials: readonly Trial[] }): number {
  const steps = trials.reduce((sum, { evaluateAt }) => sum + (evaluateAt.at(-1) ?? 0), 0) * seeds.length;
  const evaluations = trials[0]?.evaluateAt.length ?? 0;
  const share = evaluationsToTake(trials.length, evaluations, halving) / (trials.length * evaluations);
  const done = new Map<string, number>();
  for (const entry of completed) {
    if (entry.kind !== 'trained') continue;
    const key = JSON.stringify([entry.trial, entry.seed]);
    done.set(key, Math.max(done.get(key) ?? 0, stepsTaken(entry.training)));
  }
  return share * steps - [...done.values()].reduce((sum, each) => sum + each, 0);
}

/** A journal that gets an entry only once the one before is stored, and no more after one that could not be. */
function oneAtATime(journal: Journal): Journal {
  let last = Promise.resolve();
  return {
    open: (header) => journal.open(header),
    add(entry) {
      last = last.then(() => journal.add(entry));
      return last;
    },
    ...readingStates(journal),
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
    for (const current of states.get(trial) as TrainingProgress[]) prune(current);
  }
  return remaining.filter(({ trial }) => promoted.has(trial));
}
