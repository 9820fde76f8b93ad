import type { SweepResult } from '@lrfind/core/results';
import { codeLines } from '../shared/code-lines.js';
import { csvText } from '../shared/outputs/csv.js';
import type { ResultOutput } from '../shared/outputs/result-output.js';
import { flags } from './options.js';
import { repeatedSearch } from './search-options.js';
import { sweepSummary } from './summary.js';

/** How the result of a search is printed and written. */
export const sweepOutput: ResultOutput<SweepResult> = {
  format: 'lrfind-sweep',
  ...repeatedSearch,
  flags,
  summary: sweepSummary,
  csv: curveCsv,
  code: codeLines,
};

/**
 * The combined curve and the losses of each sweep, one row for each rate; empty where nothing was measured. With groups of layers
 * the curve of each follows, and the first column has its name; it is empty for all layers together.
 */
function curveCsv(result: SweepResult): string {
  const header = [
    ...['rate', 'median', 'low', 'high', 'smoothed', 'slope'],
    ...result.sweeps.map(({ seed }) => `seed ${seed}`),
  ];
  if (!result.groups) return csvText([header, ...curveRows(result)]);
  const rows = [{ name: '', ...result }, ...result.groups].flatMap((group) =>
    curveRows(group).map((row) => [group.name, ...row]),
  );
  return csvText([['group', ...header], ...rows]);
}

function curveRows({ curve, sweeps }: Pick<SweepResult, 'curve' | 'sweeps'>) {
  return curve.map(({ rate, median, low, high, smoothed, slope }, i) => [
    rate,
    median,
    low,
    high,
    smoothed,
    slope,
    ...sweeps.map(({ points }) => points[i]?.loss),
  ]);
}
