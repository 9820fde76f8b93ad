import { flagArea } from '../panels/curves.js';
import { type KeyEntry, shapes } from '../layout/legend.js';
import type { RunEntry } from '../layout/trial-legend.js';
import type { Theme } from '../theme.js';
import type { RankedRun } from './ranked-trials.js';
import { fate, shortFate } from './comparison.js';
import type { TimeUnit } from '../curves/training-time.js';

const line = { shape: shapes.line, outline: true, area: 400, strokeWidth: 2 } as const;

/** What the key of a comparison says: the runs with their places, and what lines, bands and marks stand for as far as they occur. */
export function comparisonKey(
  runs: readonly RankedRun[],
  unit: TimeUnit,
  beyond: boolean,
  { muted: color }: Theme,
): [runs: RunEntry[], others: KeyEntry[]] {
  const entries = runs.map((run, i) => ({
    ...line,
    ...run.look,
    text: `${i + 1}. ${run.standing.name}`,
    tail: fate(run, unit),
    shortTail: shortFate(run, unit),
  }));
  const several = runs.some(({ run }) => run.trainings.length > 1);
  const mark = { color, outline: true, area: flagArea, strokeWidth: 2.25 };
  const has = (outcome: string) => runs.some(({ standing }) => standing.outcome === outcome);
  const others: (KeyEntry | false)[] = [
    several && { ...line, color, text: 'mean over seeds' },
    several && { text: 'lowest to highest seed', shape: 'square', color, opacity: 0.3, area: 140 },
    has('diverged') && { ...mark, shape: shapes.cross, text: 'diverged' },
    has('pruned') && { ...mark, shape: shapes.bar, text: 'given up' },
    beyond && { ...mark, shape: shapes.arrowUp, text: 'ends beyond the axis' },
  ];
  return [entries, others.filter((entry) => entry !== false)];
}
