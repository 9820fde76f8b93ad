import type { TrialResult, Comparison, RankedTrial, Training } from '@lrfind/core/results';
import type { Curve, CurveFlag } from '../panels/curves.js';
import { shapes } from '../layout/legend.js';
import { type SeriesLook, seriesLook } from '../layout/series-style.js';
import type { Theme } from '../theme.js';
import { type CurvePoint, type Part, type Pick, runCurve } from '../curves/training-curve.js';
import type { TimeUnit } from '../curves/training-time.js';

/** A run with its place and its look. */
export interface RankedRun {
  run: TrialResult;
  standing: RankedTrial;
  look: SeriesLook;
}

/** The runs of a comparison, best first, each with a look of its own. */
export function rankedRuns({ ranking, runs }: Comparison, theme: Theme): RankedRun[] {
  const found = ranking.flatMap((standing) => {
    const run = runs.find(({ name }) => name === standing.name);
    return run ? [{ run, standing }] : [];
  });
  return found.map((each, i) => ({ ...each, look: seriesLook(theme, i) }));
}

/** What a panel of a comparison shows of a run. */
export interface ComparedCurve {
  ranked: RankedRun;
  points: CurvePoint[];
}

/** The means over seeds of all runs. */
export function comparedCurves(runs: readonly RankedRun[], part: Part, pick: Pick, unit: TimeUnit): ComparedCurve[] {
  return runs.map((ranked) => ({ ranked, points: runCurve(ranked.run.trainings, part, pick, unit) }));
}

/** Shapes of the marks at the ends of lines beyond the axis. */
export const arrows: readonly string[] = [shapes.arrowUp, shapes.arrowDown];

/** Their lines. Many bands over each other are fainter, so that the lines stay in sight. */
export function linesOf(curves: readonly ComparedCurve[]): Curve[] {
  const band = curves.length > 6 ? 0.1 : 0.18;
  return curves.map(({ ranked: { look }, points }) => ({ ...look, points, strokeWidth: 2, dots: false, band }));
}

/**
 * The marks on their lines: a cross where a seed diverged, a bar where a run was given up, an arrow at the edge where a line ends beyond the
 * axis.
 *
 * @param domain both ends of the vertical axis
 */
export function flagsOf(curves: readonly ComparedCurve[], domain: readonly [number, number]): CurveFlag[] {
  return curves.flatMap(({ ranked: { run, standing, look }, points }): CurveFlag[] => {
    const { color } = look;
    const end = points.at(-1);
    if (!end) return [];
    const crosses = new Map(
      run.trainings.flatMap((training) => {
        const at = points.findLast(({ step }) => training.outcome === 'diverged' && step <= lastStep(training));
        return at ? [[at.step, { time: at.time, value: at.value, shape: shapes.cross, color }]] : [];
      }),
    );
    if (standing.outcome === 'pruned') return [...crosses.values(), { ...place(end), shape: shapes.bar, color }];
    if (crosses.has(end.step) || (end.value >= domain[0] && end.value <= domain[1])) return [...crosses.values()];
    const shape = end.value > domain[1] ? shapes.arrowUp : shapes.arrowDown;
    return [...crosses.values(), { ...place(end), shape, color }];
  });
}

const place = ({ time, value }: CurvePoint) => ({ time, value });

function lastStep({ points }: Training): number {
  return points.at(-1)?.step ?? 0;
}
