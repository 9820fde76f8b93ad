import type { ComparedRun, Standing } from '../comparison-result.js';
import type { TrainingPoint } from '../training-result.js';
import { mean, standardDeviation } from './moments.js';
import { pairedDifference } from './paired-difference.js';

/** What the ranking looks at. */
export type Ranked = Pick<ComparedRun, 'name' | 'trainings'>;

/**
 * Ranks runs by the mean over seeds of their last loss on the held-out rows: first those that finished, then those that were
 * pruned, the longest first, then those that diverged with any seed, by how long they went. A run that finished is compared with the
 * best, losses above the one before the first step counting as that one.
 *
 * @param runs each trained with the same seeds in the same order, with held-out losses
 * @returns one standing for each run, best first; equal ones stay in their order
 */
export function rank(runs: readonly Ranked[]): Standing[] {
  const sorted = runs.map((run) => ({ run, standing: standingOf(run), reached: reachedBy(run) })).toSorted(order);
  const [first] = sorted;
  if (first?.standing.outcome !== 'finished') return sorted.map(({ standing }) => standing);
  const best = cappedLosses(first.run);
  return sorted.map(({ run, standing }) =>
    run === first.run || standing.outcome !== 'finished'
      ? standing
      : { ...standing, behind: pairedDifference(cappedLosses(run), best) },
  );
}

const places = ['finished', 'pruned', 'diverged'] as const;

interface Placed {
  readonly standing: Standing;
  readonly reached: number;
}

function order({ standing: a, ...one }: Placed, { standing: b, ...other }: Placed): number {
  return (
    places.indexOf(a.outcome) - places.indexOf(b.outcome) ||
    (a.outcome === 'finished' ? 0 : other.reached - one.reached) ||
    (a.outcome === 'diverged' ? b.step - a.step : 0) ||
    (a.loss ?? 0) - (b.loss ?? 0)
  );
}

/** How many measurements all its trainings have. Steps would not do: a run with small batches takes more of them. */
function reachedBy({ trainings }: Ranked): number {
  return Math.min(...trainings.map(({ points }) => points.length));
}

function standingOf({ name, trainings }: Ranked): Standing {
  const outcomes = trainings.map(({ outcome }) => outcome);
  const diverged = trainings.some(({ outcome, points }) => outcome === 'diverged' || lastOf(points) === null);
  const outcome = diverged ? 'diverged' : outcomes.includes('pruned') ? 'pruned' : 'finished';
  const losses = diverged ? [] : trainings.map(({ points }) => lastOf(points) as number);
  const lasts = trainings.flatMap(({ points }) => points.slice(-1));
  return {
    name,
    outcome,
    loss: diverged ? null : mean(losses),
    spread: losses.length > 1 ? standardDeviation(losses) : null,
    best: diverged ? null : bestOf(trainings.map(({ points }) => points)),
    start: startOf(trainings.map(({ start }) => start?.loss ?? null)),
    metrics: diverged ? {} : metricsOf(lasts),
    step: Math.min(...trainings.map(({ points, divergedAt }) => divergedAt ?? points.at(-1)?.step ?? 0)),
    behind: null,
  };
}

function startOf(losses: readonly (number | null)[]): number | null {
  return losses.length > 0 && losses.every((loss) => loss !== null) ? mean(losses as number[]) : null;
}

function lastOf(points: readonly TrainingPoint[]): number | null {
  return points.at(-1)?.validation?.loss ?? null;
}

/**
 * The last losses, none higher than the one before the first step. How far beyond it a failed training ends is chance, often
 * ten times as much with one seed as with another, and would pass for noise in which all differences are lost.
 */
function cappedLosses({ trainings }: Ranked): number[] {
  return trainings.map(({ points, start }) => Math.min(lastOf(points) as number, start?.loss ?? Infinity));
}

/** The point with the lowest mean over seeds, among those that all seeds have a loss at. */
function bestOf(seeds: readonly (readonly TrainingPoint[])[]): Standing['best'] {
  const means = (seeds[0] ?? []).flatMap(({ epoch }, i) => {
    const losses = seeds.map((points) => points[i]?.validation?.loss ?? Number.NaN);
    return losses.every(Number.isFinite) ? [{ epoch, loss: mean(losses) }] : [];
  });
  return means.reduce<Standing['best']>(
    (least, each) => (least === null || each.loss < least.loss ? each : least),
    null,
  );
}

function metricsOf(points: readonly TrainingPoint[]): Standing['metrics'] {
  const names = Object.keys(points[0]?.validation?.metrics ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const values = points.map(({ validation }) => validation?.metrics[name] ?? Number.NaN);
      return [name, values.every(Number.isFinite) ? mean(values) : null];
    }),
  );
}
