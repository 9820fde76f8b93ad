import type { Behind, RankedTrial, TrialResult } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import { mean, standardDeviation, studentT } from '../statistics.js';

/** The part of a trial that the ranking looks at. */
export type Rankable = Pick<TrialResult, 'name' | 'trainings'>;

/**
 * Ranks trials by the mean over seeds of their last loss on the held-out rows. Finished trials come first, then pruned
 * ones (the longest first), then those that diverged with any seed (the longest first). Each finished trial is compared
 * with the best one.
 *
 * @param trials all trained with the same seeds in the same order, with losses on held-out rows
 * @returns one entry for each trial, best first; equal ones stay in their order
 */
export function rank(trials: readonly Rankable[]): RankedTrial[] {
  const sorted = trials
    .map((trial) => ({ trial, ranked: summarised(trial), evaluated: leastEvaluations(trial) }))
    .toSorted(byRank);
  const [first] = sorted;
  if (first?.ranked.outcome !== 'finished') return sorted.map(({ ranked }) => ranked);
  const best = cappedLosses(first.trial);
  return sorted.map(({ trial, ranked }) =>
    trial === first.trial || ranked.outcome !== 'finished'
      ? ranked
      : { ...ranked, behind: pairedDifference(cappedLosses(trial), best) },
  );
}

/**
 * How far the losses of one trial lie above those of another that was trained with the same seeds. The seeds are paired:
 * both trials share initial weights and batches, so the part of the noise that a seed adds to both cancels. The interval
 * is Student's, for the mean of the differences.
 *
 * @param losses a loss for each seed
 * @param best those of the trial that it is compared with, in the same order
 */
export function pairedDifference(losses: readonly number[], best: readonly number[]): Behind {
  const differences = losses.map((loss, i) => loss - (best[i] as number));
  const difference = mean(differences);
  const seeds = differences.length;
  if (seeds < 2) return { difference, low: null, high: null, verdict: 'unknown' };
  const half = (studentT(seeds - 1) * standardDeviation(differences)) / Math.sqrt(seeds);
  const [low, high] = [difference - half, difference + half];
  return { difference, low, high, verdict: low > 0 ? 'worse' : 'same' };
}

const outcomes = ['finished', 'pruned', 'diverged'] as const;

interface Sortable {
  readonly ranked: RankedTrial;
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

/** Evaluations that all its trainings have. Steps would not be comparable: small batches take more of them. */
function leastEvaluations({ trainings }: Rankable): number {
  return Math.min(...trainings.map(({ evaluations }) => evaluations.length));
}

function summarised({ name, trainings }: Rankable): RankedTrial {
  const ends = trainings.map(({ outcome }) => outcome);
  const diverged = trainings.some(({ outcome, evaluations }) => outcome === 'diverged' || lastLoss(evaluations) === null);
  const outcome = diverged ? 'diverged' : ends.includes('pruned') ? 'pruned' : 'finished';
  const losses = diverged ? [] : trainings.map(({ evaluations }) => lastLoss(evaluations) as number);
  const lasts = trainings.flatMap(({ evaluations }) => evaluations.slice(-1));
  return {
    name,
    outcome,
    loss: diverged ? null : mean(losses),
    spread: losses.length > 1 ? standardDeviation(losses) : null,
    best: diverged ? null : bestOf(trainings.map(({ evaluations }) => evaluations)),
    start: meanStart(trainings.map(({ start }) => start?.loss ?? null)),
    metrics: diverged ? {} : meanMetrics(lasts),
    step: Math.min(...trainings.map(({ evaluations, divergedAt }) => divergedAt ?? evaluations.at(-1)?.step ?? 0)),
    behind: null,
  };
}

function meanStart(losses: readonly (number | null)[]): number | null {
  return losses.length > 0 && losses.every((loss) => loss !== null) ? mean(losses as number[]) : null;
}

function lastLoss(evaluations: readonly Evaluation[]): number | null {
  return evaluations.at(-1)?.validation?.loss ?? null;
}

/**
 * The last losses, none higher than the one before the first step. How far above it a failed training ends is chance,
 * often ten times more with one seed than with another, and would count as noise that hides all differences.
 */
function cappedLosses({ trainings }: Rankable): number[] {
  return trainings.map(({ evaluations, start }) =>
    Math.min(lastLoss(evaluations) as number, start?.loss ?? Number.POSITIVE_INFINITY),
  );
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

function meanMetrics(evaluations: readonly Evaluation[]): RankedTrial['metrics'] {
  const names = Object.keys(evaluations[0]?.validation?.metrics ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const values = evaluations.map(({ validation }) => validation?.metrics[name] ?? Number.NaN);
      return [name, values.every(Number.isFinite) ? mean(values) : null];
    }),
  );
}
