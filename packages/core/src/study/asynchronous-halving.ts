import { halvingsWithin } from './pruning.js';

/** Of the trials of a rung one in so many is promoted. */
const REDUCTION = 2;

/** A trial that is to be trained up to a rung. */
export interface RungJob {
  /** Number of the trial, from 0. */
  readonly trial: number;
  /** Number of the rung, from 0; the last is the end of the training. */
  readonly rung: number;
}

/** Decides which trial is trained next, and how far. */
export interface AsynchronousHalving {
  /**
   * What is to be trained next: of the highest rung with any, the best trial that may be promoted; else the next trial that has not
   * begun; null where there is neither for now.
   *
   * @param mayBegin whether a trial may begin. Default: yes
   */
  next(mayBegin?: boolean): RungJob | null;
  /**
   * Tells that a trial has come to a rung.
   *
   * @param loss by which it is ranked there; null for one that diverged, which is never promoted
   */
  report(job: RungJob, loss: number | null): void;
  /** The trials that have come to a rung, best first: by the highest rung that they have come to, then by their loss there; last those that diverged. */
  ranked(): number[];
  /** How many trials have begun and not come to a rung yet. */
  unreported(): number;
}

/**
 * The numbers of evaluations after which asynchronous halving decides on trials, and that of the whole training. The last decision is
 * half-way through the training, and each earlier one half-way to the next, as in successive halving. There are as many as leave at
 * least two trials at the end, a half being rounded down each time, or as there are evaluations for.
 *
 * @param trials number of trials, at least 1
 * @param evaluations number of evaluations of each training
 * @throws InputError when there is nothing to decide by: one evaluation, at the end
 *
 * @example
 * asynchronousRungs(8, 16); // [4, 8, 16]
 */
export function asynchronousRungs(trials: number, evaluations: number): number[] {
  let wanted = 0;
  for (let left = Math.floor(trials / REDUCTION); left >= 2; left = Math.floor(left / REDUCTION)) wanted += 1;
  const decisions = halvingsWithin(wanted, evaluations);
  return Array.from({ length: decisions + 1 }, (_, rung) => Math.round(evaluations / REDUCTION ** (decisions - rung)));
}

/**
 * Asynchronous successive halving: ASHA, algorithm 2 of Li et al. (A System for Massively Parallel Hyperparameter Tuning, 2018), with a
 * finite number of trials. A trial is promoted as soon as it is in the better half, rounded down, of those that have come to its
 * rung, however many are still to come. So no trial waits for another. The price is that a promoted trial may turn out to be in the worse half
 * later. Which trials are promoted depends on the order of the reports.
 *
 * @param trials number of trials
 * @param rungs number of rungs, the end of the training included
 */
export function asynchronousHalving(trials: number, rungs: number): AsynchronousHalving {
  const levels = Array.from({ length: rungs }, (): Reported[] => []);
  let begun = 0;
  return {
    next(mayBegin = true) {
      for (let rung = rungs - 2; rung >= 0; rung--) {
        const reported = levels[rung] as Reported[];
        const better = Math.floor(reported.length / REDUCTION);
        const promoted = reported.find((each, i) => i < better && !each.promoted && each.loss !== null);
        if (!promoted) continue;
        promoted.promoted = true;
        return { trial: promoted.trial, rung: rung + 1 };
      }
      if (begun === trials || !mayBegin) return null;
      begun += 1;
      return { trial: begun - 1, rung: 0 };
    },
    report({ trial, rung }, loss) {
      const level = levels[rung] as Reported[];
      const reported = { trial, loss, promoted: false };
      level.splice(placeOf(reported, level), 0, reported);
    },
    ranked() {
      const reports = levels.toReversed().flat();
      // A trial that diverged after some rungs is no better than one that did at once.
      const lost = new Set(reports.filter(({ loss }) => loss === null).map(({ trial }) => trial));
      const others = reports.filter(({ trial }) => !lost.has(trial));
      return [...new Set([...others.map(({ trial }) => trial), ...lost])];
    },
    unreported: () => begun - (levels[0] as Reported[]).length,
  };
}

/** A trial that has come to a rung. */
interface Reported {
  readonly trial: number;
  readonly loss: number | null;
  promoted: boolean;
}

/** Where a trial belongs among sorted ones: by its loss, those that diverged last, equal ones by their number. */
function placeOf(reported: Reported, sorted: readonly Reported[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle] as Reported, reported)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(one: Reported, other: Reported): boolean {
  const [a, b] = [one.loss ?? Number.POSITIVE_INFINITY, other.loss ?? Number.POSITIVE_INFINITY];
  return a === b ? one.trial < other.trial : a < b;
}
