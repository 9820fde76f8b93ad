import { halvingsWithin } from './pruning.js';

/** Of the trials of a rung one in so many is promoted. */
const REDUCTION = 2;

/** So many trials come to the end at least, if as many do not diverge. */
const LEAST_WHOLE = 2;

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
   * begun; null where there is neither for now. Where all have begun and none is on its way, and fewer than two have come to the end, the best
   * of the highest rung is promoted all the same: too many others diverged.
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
 * later. Which trials are promoted depends on the order of the reports. The paper's study has no end; this one ends with two trials that
 * were trained whole, unless fewer do not diverge.
 *
 * @param trials number of trials
 * @param rungs number of rungs, the end of the training included
 */
export function asynchronousHalving(trials: number, rungs: number): AsynchronousHalving {
  const levels = Array.from({ length: rungs }, (): Reported[] => []);
  let begun = 0;
  /** Trials that are on their way to a rung. */
  let underWay = 0;
  /** Of the highest rung with any, the best trial that is not promoted yet, among the better ones of so many. */
  const promoted = (betterOf: (reported: number) => number): RungJob | null => {
    for (let rung = rungs - 2; rung >= 0; rung--) {
      const reported = levels[rung] as Reported[];
      const better = betterOf(reported.length);
      const best = reported.find((each, i) => i < better && !each.promoted && each.loss !== null);
      if (!best) continue;
      best.promoted = true;
      return { trial: best.trial, rung: rung + 1 };
    }
    return null;
  };
  const chosen = (mayBegin: boolean): RungJob | null => {
    const job = promoted((reported) => Math.floor(reported / REDUCTION));
    if (job) return job;
    if (begun < trials) return mayBegin ? { trial: begun++, rung: 0 } : null;
    const whole = (levels.at(-1) as Reported[]).filter(({ loss }) => loss !== null);
    return underWay === 0 && whole.length < LEAST_WHOLE ? promoted((reported) => reported) : null;
  };
  return {
    next(mayBegin = true) {
      const job = chosen(mayBegin);
      if (job) underWay += 1;
      return job;
    },
    report({ trial, rung }, loss) {
      underWay -= 1;
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
