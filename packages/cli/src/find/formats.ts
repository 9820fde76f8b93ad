import type { SweepResult } from '@lrfind/core/results';
import { suggestionMethods } from '@lrfind/core/sweep';
import { codeLines } from '../shared/code-lines.js';
import { csvText } from '../shared/outputs/csv.js';
import type { ResultOutput } from '../shared/outputs/result-output.js';
import { flags } from './options.js';
import { sweepSummary } from './summary.js';

/** How the result of a search is printed and written. */
export const sweepOutput: ResultOutput<SweepResult> = {
  format: 'lrfind-sweep',
  command: 'lrfind',
  flags,
  defaults: { suggest: suggestionMethods.map(({ name }) => name) },
  summary: sweepSummary,
  csv: curveCsv,
  code: codeLines,
};

/** The combined curve and the losses of each sweep, one row for each rate; empty where nothing was measured. */
function curveCsv({ curve, sweeps }: SweepResult): string {
  const header = ['rate', 'median', 'low', 'high', 'smoothed', 'slope', ...sweeps.map(({ seed }) => `seed ${seed}`)];
  const rows = curve.map(({ rate, median, low, high, smoothed, slope }, i) => [
    rate,
    median,
    low,
    high,
    smoothed,
    slope,
    ...sweeps.map(({ points }) => points[i]?.loss),
  ]);
  return csvText([header, ...rows]);
}
