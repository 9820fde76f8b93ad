import type { RankedTrial, TrialResult } from '../results/comparison.js';
import type { Evaluation, Measures } from '../results/training.js';
import { mean, standardDeviation } from '../statistics.js';
import { pairedDifferences } from './paired-differences.js';

/** The part of a trial that decides its rank. */
export type Rankable = Pick<TrialResult, 'name' | 'trainings'>;

/**
 * What a training counts as, on the validation rows: with the weights that a callback restored, else with those after the last
 * evaluation; null before the first.
 */
export function endMeasures({ evaluations, restored }: Rankable['trainings'][0]): Measures | null {
  return restored?.validation ?? evaluations.at(-1)?.validation ?? null;
}

/**
 * Ranks trials by the mean over seeds of their last loss on the validation rows. Finished trials come first, then pruned
 * trials, then trials that diverged with at least one seed, then those that failed with one; within the latter groups the longest-trained
 * come first.
 * Each finished trial is compared with the best one.
 *
 * @param trials all trained with the same seeds in the same order, with losses on validation rows
 * @returns one entry for each trial, best first; equal trials keep their order
 */
export function rank(trials: readonly Rankable[]): RankedTrial[] {
  const sorted = trials
    .map((trial) => ({ trial, ranked: summarise(trial), evaluated: leastEvaluations(trial) }))
    .toSorted(byRank);
  const [first] = sorted;
  if (first?.ranked.outcome !== 'finished') return sorted.map(({ ranked }) => ranked);
  const best = cappedLosses(first.trial);
  const others = sorted.slice(1).filter(({ ranked }) => ranked.outcome === 'finished');
  const losses = others.map(({ trial }) => cappedLosses(trial));
  const differences = pairedDifferences(
    losses.map((each) => each.losses),
    best.losses,
  );
  const behind = new Map(
    differences.map((difference, i) => [
      others[i]?.trial,
      { ...difference, ...((losses[i]?.capped || best.capped) && { capped: true }) },
    ]),
  );
  return sorted.map(({ trial, ranked }) => ({ ...ranked, behind: behind.get(trial) ?? null }));
}

const outcomes = ['finished', 'pruned', 'diverged', 'failed'] as const;

interface Sortable {
  readonly ranked: RankedTrial;
  /** The number of evaluations that all its trainings have. */
  readonly evaluated: number;
}

function byRank({ ranked: a, ...one }: Sortable, { ranked: b, ...other }: Sortable): number {
  return (
    outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
    (a.outcome === 'finished' ? 0 : other.evaluated - one.evaluated) ||
    (a.outcome === 'diverged' ? b.step - a.step : 0) ||
    (a.loss ?? 0) - (b.loss ?? 0)
  );
}

/**
 * The number of evaluations that all its trainings have, but for those that a callback ended: these are complete. Steps do
 * not compare: small batches take more of them.
 */
function leastEvaluations({ trainings }: Rankable): number {
  return Math.min(...notEnded(trainings).map(({ evaluations }) => evaluations.length));
}

/** The trainings that no callback ended; all, if callbacks ended all. */
function notEnded(trainings: Rankable['trainings']): Rankable['trainings'] {
  const others = trainings.filter(({ outcome }) => outcome !== 'stopped');
  return others.length > 0 ? others : trainings;
}

function summarise({ name, trainings }: Rankable): RankedTrial {
  const ends = trainings.map(({ outcome }) => outcome);
  const diverged = trainings.some((training) => training.outcome === 'diverged' || lastLoss(training) === null);
  const failed = ends.includes('failed');
  const outcome = failed ? 'failed' : diverged ? 'diverged' : ends.includes('pruned') ? 'pruned' : 'finished';
  const hasNoLoss = failed || diverged;
  const losses = hasNoLoss ? [] : trainings.map((training) => lastLoss(training) as number);
  return {
    name,
    outcome,
    loss: hasNoLoss ? null : mean(losses),
    spread: losses.length > 1 ? standardDeviation(losses) : null,
    best: hasNoLoss ? null : bestOf(trainings.map(({ evaluations }) => evaluations)),
    start: meanStart(trainings.map(({ start }) => start?.loss ?? null)),
    metrics: hasNoLoss ? {} : meanMetrics(trainings.flatMap((training) => endMeasures(training) ?? [])),
    step: Math.min(...(outcome === 'finished' ? trainings.map(endStep) : notEnded(trainings).map(lastStep))),
    behind: null,
  };
}

function meanStart(losses: readonly (number | null)[]): number | null {
  return losses.length > 0 && losses.every((loss) => loss !== null) ? mean(losses as number[]) : null;
}

function lastLoss(training: Rankable['trainings'][0]): number | null {
  return endMeasures(training)?.loss ?? null;
}

/** The step after which a training has the weights that it counts with. */
function endStep(training: Rankable['trainings'][0]): number {
  return training.restored?.step ?? lastStep(training);
}

function lastStep({ evaluations, divergedAt }: Rankable['trainings'][0]): number {
  return divergedAt ?? evaluations.at(-1)?.step ?? 0;
}

/**
 * The last losses, each at most the loss before the first step. How far a failed training ends above that is chance,
 * often ten times more with one seed than with another. It would count as noise and hide all differences.
 */
function cappedLosses({ trainings }: Rankable): { readonly losses: number[]; readonly capped: boolean } {
  const ends = trainings.map((training) => lastLoss(training) as number);
  const losses = trainings.map(({ start }, i) => Math.min(ends[i] as number, start?.loss ?? Number.POSITIVE_INFINITY));
  return { losses, capped: losses.some((loss, i) => loss < (ends[i] as number)) };
}

/** The evaluation with the lowest mean over seeds, among those at which all seeds have a loss. */
function bestOf(seeds: readonly (readonly Evaluation[])[]): RankedTrial['best'] {
  const means = (seeds[0] ?? []).flatMap(({ epoch }, i) => {
    const losses = seeds.map((evaluations) => evaluations[i]?.validation?.loss ?? Number.NaN);
    return losses.every(Number.isFinite) ? [{ epoch, loss: mean(losses) }] : [];
  });
  return means.reduce<RankedTrial['best']>(
    (least, each) => (least === null || each.loss < least.loss ? each : least),
    null,
  );
}

function meanMetrics(measured: readonly Measures[]): RankedTrial['metrics'] {
  const names = Object.keys(measured[0]?.metrics ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const values = measured.map(({ metrics }) => metrics[name] ?? Number.NaN);
      return [name, values.every(Number.isFinite) ? mean(values) : null];
    }),
  );
}
