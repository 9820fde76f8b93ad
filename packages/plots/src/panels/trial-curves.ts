import type { Comparison, Training } from '@lrfind/core/results';
import {
  type Accessor,
  type CurvePoint,
  type Split,
  type TrialWithRank,
  trainingCurve,
  trialsByRank,
} from '../curves/training-curve.js';
import type { TimeUnit } from '../curves/training-time.js';
import { symbols } from '../layout/legend.js';
import { type SeriesStyle, seriesStyle, type Theme } from '../theme.js';
import type { Curve, CurveMark } from './curves.js';

/** A trial with its entry in the ranking and the style of its lines. */
export interface StyledTrial extends TrialWithRank {
  style: SeriesStyle;
}

/** The trials of a comparison, best first, each with a style of its own. */
export function styledTrials(comparison: Comparison, theme: Theme): StyledTrial[] {
  return trialsByRank(comparison).map((each, i) => ({ ...each, style: seriesStyle(theme, i) }));
}

/** A trial's curve in a panel. */
export interface TrialCurve extends StyledTrial {
  points: CurvePoint[];
}

/** The means over seeds of all trials. */
export function trialCurves(
  trials: readonly StyledTrial[],
  split: Split,
  accessor: Accessor,
  unit: TimeUnit,
): TrialCurve[] {
  return trials.map((each) => ({ ...each, points: trainingCurve(each.trial.trainings, split, accessor, unit) }));
}

/** The lines of trials. Bands are fainter where many overlap, so that lines stay visible. */
export function trialLines(curves: readonly TrialCurve[]): Curve[] {
  const band = curves.length > 6 ? 0.1 : 0.18;
  return curves.map(({ style, points }) => ({ ...style, points, strokeWidth: 2, dots: false, band }));
}

/** The band that stands for trials without lines of their own: from the lowest to the highest of those that did not diverge. */
export function bandOfOthers(curves: readonly TrialCurve[], { muted }: Theme): Curve[] {
  const ends = new Map<number, { low: number; high: number }>();
  for (const { ranked, points } of curves)
    for (const { time, value } of ranked.outcome === 'diverged' ? [] : points) {
      const { low, high } = ends.get(time) ?? { low: value, high: value };
      ends.set(time, { low: Math.min(low, value), high: Math.max(high, value) });
    }
  if (ends.size === 0) return [];
  const band = [...ends]
    .map(([time, { low, high }]) => ({ time, value: high, low, high }))
    .sort((a, b) => a.time - b.time);
  return [{ points: band, color: muted, dash: [], strokeWidth: 0, dots: false, band: 0.2 }];
}

/**
 * The marks on the lines of trials: a cross where a seed diverged, a bar where a trial was pruned, an arrow at the edge
 * where a line ends outside the axis.
 *
 * @param domain both ends of the vertical axis
 */
export function trialMarks(curves: readonly TrialCurve[], domain: readonly [number, number]): CurveMark[] {
  return curves.flatMap(({ trial, ranked, style: { color }, points }): CurveMark[] => {
    const end = points.at(-1);
    if (!end) return [];
    const crosses = new Map(
      trial.trainings.flatMap((training) => {
        const at = points.findLast(({ step }) => training.outcome === 'diverged' && step <= lastStep(training));
        return at ? [[at.step, markAt(at, symbols.cross, color)]] : [];
      }),
    );
    if (ranked.outcome === 'pruned') return [...crosses.values(), markAt(end, symbols.bar, color)];
    if (crosses.has(end.step) || (end.value >= domain[0] && end.value <= domain[1])) return [...crosses.values()];
    const shape = end.value > domain[1] ? symbols.arrowUp : symbols.arrowDown;
    return [...crosses.values(), markAt(end, shape, color)];
  });
}

/** Whether a mark says that its line ends outside the axis. */
export function isOutside({ shape }: CurveMark): boolean {
  return shape === symbols.arrowUp || shape === symbols.arrowDown;
}

function markAt({ time, value }: CurvePoint, shape: string, color: string): CurveMark {
  return { time, value, shape, color };
}

function lastStep({ evaluations }: Training): number {
  return evaluations.at(-1)?.step ?? 0;
}
