import { evaluationsToTake } from './evaluations-to-take.js';
import type { CompareSettings } from './options.js';

/** What there is to be trained. */
export interface PlannedEvaluations {
  /** Number of trials. */
  readonly trials: number;
  /** Trainings of each. */
  readonly seeds: number;
  /** Evaluations of a whole training. */
  readonly evaluations: number;
  readonly halving: CompareSettings['halving'];
}

/**
 * About how much of a comparison is done. With synchronous halving the trainings take as many evaluations as if none diverged. How many
 * asynchronous halving takes is known at its end; since trials begin all the time, it counts those that have begun.
 *
 * @returns a function to call with the trial of each evaluation; the result goes from 0 to 1, and never back
 *
 * @example
 * const progress = studyProgress({ trials: 8, seeds: 1, evaluations: 16, halving: true });
 * progress('lr 0.1'); // 1 / 64: eight trials take 4 evaluations, four of them 4 more, and two 8 more
 */
export function studyProgress({ trials, seeds, evaluations, halving }: PlannedEvaluations): (trial: string) => number {
  if (halving === 'asynchronous') {
    const begun = new Set<string>();
    return (trial) => (begun.add(trial).size - 1) / trials;
  }
  const all = evaluationsToTake(trials, evaluations, halving) * seeds;
  let done = 0;
  return () => {
    done += 1;
    return Math.min(1, done / all);
  };
}
