import { asynchronousRungs } from './asynchronous-halving.js';
import type { CompareSettings } from './options.js';
import { type Rung, rungs } from './pruning.js';

/**
 * How many evaluations the trainings of a study take with one seed, if none diverges. With asynchronous halving it is about as many: half of
 * the trials of a rung go on, and some more that are among the first to come to it.
 *
 * @param trials number of trials
 * @param evaluations of a whole training
 * @throws InputError when there are too few evaluations for halving
 *
 * @example
 * evaluationsToTake(8, 16, true); // 64: eight trials take 4, four of them 4 more, and two 8 more
 */
export function evaluationsToTake(trials: number, evaluations: number, halving: CompareSettings['halving']): number {
  let taken = 0;
  let before: Rung = { evaluations: 0, survivors: trials };
  for (const rung of rungsOf(trials, evaluations, halving)) {
    taken += (rung.evaluations - before.evaluations) * before.survivors;
    before = rung;
  }
  return taken;
}

/** Up to where trainings go, and how many of them go on from there. */
function rungsOf(trials: number, evaluations: number, halving: CompareSettings['halving']): readonly Rung[] {
  if (halving === 'asynchronous')
    return asynchronousRungs(trials, evaluations).map((until, i) => ({
      evaluations: until,
      survivors: Math.floor(trials / 2 ** (i + 1)),
    }));
  return [...(halving ? rungs(trials, evaluations) : []), { evaluations, survivors: 0 }];
}
